// SPDX-License-Identifier: MIT
//
// bench-recall FOLDER [MESSAGES…]: what a recall takes for a user with so many messages, of both roles. The
// file is filled through the store, the questions are asked of it as a turn asks them, inside of a
// transaction. The words are drawn by Zipf's law from 20,000, as many a text as people use: each question has
// some that stand nearly everywhere and some that hardly do. One line for each number: messages, microseconds
// (median, 99 of 100), processor microseconds, exchanges found that were looked for.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "arq/store/user_files.h"
#include "assistant/turn.h"

namespace arq::bench {
namespace {

constexpr int kWords = 20'000;
constexpr int kQuestions = 300;

// Moves on by itself, so that ids are of different times.
class Clock final : public util::Clock {
public:
    util::Timestamp now() override { return util::Timestamp{util::Milliseconds{now_ms_ += 700}}; }
    std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }
    void sleep_for(util::Milliseconds) override {}
    void random_fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_());
    }

private:
    std::int64_t now_ms_ = 1'735'689'600'000;  // 2025
    std::minstd_rand random_;
};

class Talk {
public:
    Talk() {
        double sum = 0;
        for (int word = 1; word <= kWords; ++word) sums_.push_back(sum += 1.0 / word);
    }
    std::string text(int words) {
        std::string text;
        for (int at = 0; at < words; ++at) text += (at == 0 ? "" : " ") + word();
        return text;
    }
    // A word as rare as its number is high, pronounceable, so that it is stemmed like others.
    static std::string name(int number) {
        static constexpr std::array<const char*, 20> kSyllables{"ba", "ce", "di", "fo", "gu", "ha", "je",
                                                                "ki", "lo", "mu", "na", "pe", "ri", "so",
                                                                "tu", "va", "we", "xi", "zo", "by"};
        std::string name = "q";
        for (int at = 0; at < 4; ++at, number /= 20)
            name += kSyllables[static_cast<std::size_t>(number % 20)];
        return name;
    }
    int number() {
        const double at = std::uniform_real_distribution<>{0, sums_.back()}(random_);
        return static_cast<int>(std::lower_bound(sums_.begin(), sums_.end(), at) - sums_.begin());
    }

private:
    std::string word() { return name(number()); }
    std::vector<double> sums_;
    std::mt19937 random_{7};
};

// Each tells one thing that no other does.
void fill(store::UserFile& file, Talk& talk, int from, int exchanges, util::Id session) {
    constexpr int kAtOnce = 512;
    for (int at = from; at < exchanges;) {
        store::UserFile::Transaction transaction{file};
        for (const int end = std::min(at + kAtOnce, exchanges); at < end; ++at) {
            const model::Message message = file.append_message(
                session, "m" + std::to_string(at), talk.text(9) + " rare" + std::to_string(at) + ".");
            model::Reply reply{.text = talk.text(12) + ".", .responder = "bench"};
            file.append_reply(message, reply, {});
        }
        transaction.commit();
    }
}

double processor_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return 1e6 * static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void measure(store::UserFile& file, Talk& talk, int exchanges, util::Timestamp now) {
    std::mt19937 random{11};
    std::vector<double> times;
    int found = 0;
    const double before = processor_us();
    for (int question = 0; question < kQuestions; ++question) {
        // One half looks for the one message, however old, the other for whatever bears on three words.
        const std::string rare =
            "rare" + std::to_string(std::uniform_int_distribution<>{0, exchanges - 1}(random));
        const std::string text = "What about " + Talk::name(talk.number()) + " and " +
                                 Talk::name(talk.number()) + " with " +
                                 (question % 2 == 0 ? rare : Talk::name(talk.number())) + "?";
        store::UserFile::Transaction transaction{file};
        const auto began = std::chrono::steady_clock::now();
        const assistant::Recalled recalled =
            assistant::recall(file, {}, text, {}, now, "UTC", {.recall_least_share = 0.3});
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count());
        if (question % 2 == 0)
            found += static_cast<int>(std::any_of(
                recalled.messages.begin(), recalled.messages.end(),
                [&](const auto& one) { return one.item.text.find(rare + ".") != std::string::npos; }));
    }
    const double processor = (processor_us() - before) / kQuestions;
    std::sort(times.begin(), times.end());
    std::printf("%d %.0f %.0f %.0f %d/%d\n", 2 * exchanges, times[times.size() / 2],
                times[times.size() * 99 / 100], processor, found, (kQuestions + 1) / 2);
    std::fflush(stdout);
}

int run(const std::string& folder, const std::vector<int>& messages) {
    Clock clock;
    // As the worker has them.
    store::UserFiles files{
        folder, {.page_cache_kib = 32, .wal_checkpoint_pages = 128, .index_batch_messages = 256}, 1, clock};
    const store::UserFiles::Lease file = files.open_or_create(store::UserKey{std::string(32, '0')});
    const util::Id session = file->create_session("bench", false).id;
    Talk talk;
    int told = 0;
    for (const int count : messages) {
        fill(*file, talk, told, count / 2, session);
        told = count / 2;
        measure(*file, talk, told, clock.now());
    }
    return 0;
}

}  // namespace
}  // namespace arq::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "bench-recall FOLDER [MESSAGES…]\n");
        return 2;
    }
    std::vector<int> messages;
    for (int at = 2; at < argc; ++at) messages.push_back(std::atoi(argv[at]));
    if (messages.empty()) messages = {100, 1000, 10'000, 100'000, 1'000'000};
    return arq::bench::run(argv[1], messages);
}
