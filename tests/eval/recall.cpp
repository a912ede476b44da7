// SPDX-License-Identifier: MIT
//
// LoCoMo: long conversations of two people in dated sessions, and questions about them with the turns that
// hold the answer. Each conversation is a user. Each turn, whoever speaks it, is a message of the user's that
// begins with the speaker's name ("Caroline: …"), as one would keep a dialogue, and has no answer; what a
// shared picture shows isn't said, and stays out. It is said at its session's time, a minute after the one
// before, all moved by 28 years (weekdays stay), since no id is older than 2024; the years that a question
// names are moved along. A question is recalled for as a turn does, with everything between the message and
// the responder, but for the threshold below which nothing is quoted as an answer.
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "arq/json/reader.h"
#include "assistant/turn.h"
#include "eval/eval.h"
#include "support/fake_clock.h"

namespace arq::eval {
namespace {

constexpr int kYearsMoved = 28;
constexpr std::size_t kRecalled = 10;

// One user's file in a folder that goes with it.
class History {
public:
    History() {
        std::string name = (std::filesystem::temp_directory_path() / "arq-eval.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no folder could be made: " + name};
        folder_ = name;
        files_.emplace(folder_, store::UserFileOptions{}, 1, clock_);
        lease_.emplace(files_->open_or_create(store::UserKey{std::string(32, '0')}));
    }
    ~History() {
        lease_.reset();
        files_.reset();
        std::filesystem::remove_all(folder_);
    }
    History(const History&) = delete;
    History& operator=(const History&) = delete;

    store::UserFile& file() { return **lease_; }
    tests::FakeClock& clock() { return clock_; }
    void set_time(util::Timestamp time) {
        clock_.advance(std::chrono::duration_cast<util::Milliseconds>(time - clock_.now()));
    }

private:
    std::string folder_;
    tests::FakeClock clock_;
    std::optional<store::UserFiles> files_;
    std::optional<store::UserFiles::Lease> lease_;
};

// "1:56 pm on 8 May, 2023"
util::Timestamp read_time(const std::string& text) {
    static constexpr std::array<std::string_view, 12> kMonths{
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    int hour = 0;
    int minute = 0;
    int day = 0;
    int year = 0;
    std::array<char, 3> half{};
    std::array<char, 16> month{};
    if (std::sscanf(text.c_str(), "%d:%d %2s on %d %15[A-Za-z], %d", &hour, &minute, half.data(), &day,
                    month.data(), &year) != 6)
        throw std::runtime_error{"LoCoMo: no time: " + text};
    const auto number = std::find(kMonths.begin(), kMonths.end(), month.data()) - kMonths.begin() + 1;
    const std::chrono::year_month_day date{std::chrono::year{year + kYearsMoved},
                                           std::chrono::month{static_cast<unsigned>(number)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    return util::Timestamp{std::chrono::sys_days{date}} +
           std::chrono::hours{hour % 12 + (half[0] == 'p' ? 12 : 0)} + std::chrono::minutes{minute};
}

// 2023 -> 2051.
std::string move_years(std::string text) {
    for (std::size_t at = 0; at + 4 <= text.size(); ++at) {
        const bool is_year =
            text.compare(at, 2, "20") == 0 && std::isdigit(static_cast<unsigned char>(text[at + 2])) != 0 &&
            std::isdigit(static_cast<unsigned char>(text[at + 3])) != 0 &&
            (at == 0 || std::isdigit(static_cast<unsigned char>(text[at - 1])) == 0) &&
            (at + 4 == text.size() || std::isdigit(static_cast<unsigned char>(text[at + 4])) == 0);
        if (is_year) text.replace(at, 4, std::to_string(std::stoi(text.substr(at, 4)) + kYearsMoved));
    }
    return text;
}

// Stores a conversation; gives the name in LoCoMo ("D1:3") of each message.
std::map<util::Id, std::string> tell(History& history, json::Object& conversation) {
    constexpr int kMostSessions = 100;
    std::map<util::Id, std::string> names;
    store::UserFile& file = history.file();
    for (int number = 1; number <= kMostSessions; ++number) {
        const std::string name = "session_" + std::to_string(number);
        const auto time = conversation.optional_string(name + "_date_time");
        std::vector<json::Object> turns = time ? conversation.objects(name) : std::vector<json::Object>{};
        if (turns.empty()) continue;
        history.set_time(read_time(*time));
        store::UserFile::Transaction transaction{file};
        const model::Session session = file.create_session(name, false);
        for (json::Object& turn : turns) {
            history.clock().advance(std::chrono::minutes{1});
            const std::string id = turn.required_string("dia_id");
            const model::Message message = file.append_message(
                session.id, id, turn.required_string("speaker") + ": " + turn.required_string("text"));
            names[message.id] = id;
        }
        transaction.commit();
    }
    return names;
}

// Of "D8:6", "D:11:26", "D8:6; D9:17" and whatever else stands there.
std::vector<std::string> read_evidence(json::Object& question) {
    std::vector<std::string> turns;
    for (const std::string& entry :
         question.optional_strings("evidence").value_or(std::vector<std::string>{})) {
        std::string turn;
        for (const char letter : entry + ";") {
            if (letter == 'D' || std::isdigit(static_cast<unsigned char>(letter)) != 0 ||
                (letter == ':' && turn != "D")) {
                turn += letter;
            } else if (letter != ':') {
                if (turn.find(':') != std::string::npos) turns.push_back(turn);
                turn.clear();
            }
        }
    }
    return turns;
}

std::string session_of(const std::string& turn) {
    return turn.substr(0, turn.find(':'));
}

struct Counts {
    std::size_t questions = 0;
    std::array<std::size_t, 3> turn{};  // among the first 1, 5, 10
    std::size_t session = 0;
};

void ask(History& history, json::Object& question, const std::map<util::Id, std::string>& names,
         Counts& counts) {
    constexpr int kAdversarial = 5;
    constexpr std::array<std::size_t, 3> kFirst{1, 5, kRecalled};
    if (question.optional_integer("category", 1, kAdversarial) == kAdversarial) return;
    const std::vector<std::string> evidence = read_evidence(question);
    if (evidence.empty()) return;
    const assistant::Recalled recalled = assistant::recall(
        history.file(), {}, move_years(question.required_string("question")), {}, history.clock().now(),
        "UTC", {.recall_quotes = static_cast<int>(kRecalled), .recall_least_share = 0});
    std::vector<std::string> found;
    for (const auto& ranked : recalled.messages) found.push_back(names.at(ranked.item.id));
    ++counts.questions;
    const auto is_evidence = [&](const std::string& turn) {
        return std::find(evidence.begin(), evidence.end(), turn) != evidence.end();
    };
    const auto first =
        static_cast<std::size_t>(std::find_if(found.begin(), found.end(), is_evidence) - found.begin());
    for (std::size_t at = 0; at < kFirst.size(); ++at)
        if (first < found.size() && first < kFirst[at]) ++counts.turn[at];
    const bool is_right_session =
        !found.empty() && std::any_of(evidence.begin(), evidence.end(), [&](const std::string& turn) {
            return session_of(turn) == session_of(found.front());
        });
    if (is_right_session) ++counts.session;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error{"can't be read: " + path.string()};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

std::vector<Row> measure_recall(const std::filesystem::path& data, const std::filesystem::path&) {
    const std::filesystem::path folder = data / "memory" / "locomo";
    if (!std::filesystem::exists(folder)) return {};
    Counts counts;
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() != ".json") continue;
        const json::Document document{read_file(entry.path())};
        json::Object conversation = document.root();
        History history;
        const std::map<util::Id, std::string> names = tell(history, conversation);
        for (json::Object& question : conversation.objects("qa")) ask(history, question, names, counts);
    }
    if (counts.questions == 0) return {};
    const auto row = [&](std::string task, std::size_t hits, std::string reference, std::string goal) {
        return Row{.task = std::move(task),
                   .data = "LoCoMo",
                   .n = counts.questions,
                   .value = static_cast<double>(hits) / static_cast<double>(counts.questions),
                   .reference = std::move(reference),
                   .goal = std::move(goal)};
    };
    return {row("evidence turn recalled first", counts.turn[0], "38.5 (BM25 37.4)", "45"),
            row("evidence turn among the first 5 recalled", counts.turn[1], "67.3 (BM25 62.2)", "75"),
            row("evidence turn among the first 10 recalled", counts.turn[2], "75.5 (BM25 69.5)", "83"),
            row("right session recalled first", counts.session, "72.0 (BM25 64 to 69)", "77")};
}

}  // namespace arq::eval
