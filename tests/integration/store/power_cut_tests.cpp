// SPDX-License-Identifier: MIT
//
// Whatever a power cut leaves on the disk: the user's file opens whole, what was acknowledged is in it with
// its reply, and nothing twice.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>

#include "arq/assistant/assistant.h"
#include "arq/responder/embedded.h"
#include "arq/store/host.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/sqlite.h"
#include "support/power_cut.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::DiskImage;
using tests::DiskRecording;

constexpr std::size_t kSamples = 200;

struct PowerCutFixture : tests::StoreFixture {
    struct Told {
        assistant::TurnRequest request;
        assistant::TurnResult result;
    };

    assistant::TurnRequest request(const std::string& text, std::optional<util::Id> session = {}) {
        return {.user = user(1),
                .text = text,
                .message_id = "message-" + std::to_string(told.size() + 1),
                .session_id = session};
    }
    // The recording learns of it when it is acknowledged.
    const assistant::TurnResult& tell(UserFiles& at, const assistant::TurnRequest& request) {
        clock.advance(util::Milliseconds{1000});
        assistant::Assistant assistant{at, responder, clock, {}};
        told.push_back({request, assistant.take_turn(request)});
        if (recording) recording->mark(told.size());
        return told.back().result;
    }
    const assistant::TurnResult& tell(const std::string& text) { return tell(files, request(text)); }

    void record() { recording.emplace(users_folder()); }
    void close(UserFiles& at) { at.open(user(99)); }

    // What is wrong after a cut, in words; empty where nothing is.
    std::string complaint(const DiskImage& image, std::size_t promises) {
        tests::write_image(image, after_cut);
        const std::string trouble = complaint_of_store(promises);
        close(after);
        if (!trouble.empty() || !image_has_file(image)) return trouble;
        Connection connection{path_after_cut(), Connection::Mode::kExisting};
        Query check{connection, "PRAGMA integrity_check"};
        check.next();
        if (check.text(0) != "ok") return "the file is damaged: " + check.text(0);
        connection.execute_script("INSERT INTO message_index (message_index) VALUES ('integrity-check')");
        connection.execute_script("INSERT INTO memory_index (memory_index) VALUES ('integrity-check')");
        return {};
    }

    void check_cuts() {
        recording->stop();
        std::size_t cuts = 0;
        recording->for_each_cut(kSamples, [&](const DiskImage& image, std::size_t promises) {
            ++cuts;
            std::string trouble;
            try {
                trouble = complaint(image, promises);
            } catch (const Error& error) {
                trouble = error.what();
            }
            BOOST_REQUIRE_MESSAGE(trouble.empty(), "cut " << cuts << " with " << promises
                                                          << " messages acknowledged: " << trouble);
        });
        BOOST_TEST_MESSAGE(cuts << " cuts");
        BOOST_TEST(cuts >= 50U);
    }

    std::string path_after_cut() const { return after_cut + path_of(user(1)).substr(users_folder().size()); }
    bool image_has_file(const DiskImage& image) const {
        return image.files.contains(path_of(user(1)).substr(users_folder().size() + 1));
    }

    std::string complaint_of_store(std::size_t promises) {
        auto file = after.open(user(1));
        if (!file) return promises == 0 ? "" : "the user's file is gone";
        std::map<std::string, int> times;
        for (const model::Session& session : (*file)->list_sessions({}, 200)) {
            const auto messages = (*file)->list_messages(session, {}, 200);
            if (static_cast<int>(messages.size()) != session.message_count) return "a session's count is off";
            for (const model::Message& message : messages) ++times[message.client_id];
        }
        for (std::size_t i = 0; i < told.size(); ++i) {
            const Told& one = told[i];
            const std::string& id = one.request.message_id;
            if (forgotten(one)) {
                if (times.contains(id) && (i < promises) && promises > forgotten_from) return id + " is back";
                continue;
            }
            if (!times.contains(id)) {
                if (i < promises) return id + " is lost";
                continue;
            }
            if (times.at(id) != 2) return id + " stands there " + std::to_string(times.at(id)) + " times";
            const auto answer = (*file)->find_answer(id);
            if (!answer) return id + " has no reply";
            if (answer->answer.reply.text != one.result.answer.reply.text) return id + " has another reply";
            if (i < promises && answer->answer.reply.id != one.result.answer.reply.id)
                return id + " has another reply's id";
            if ((*file)->search_user_messages({"word" + std::to_string(i)}, {}, 9).empty())
                return id + " is not found by its word";
        }
        file.reset();
        return complaint_of_repetition(promises);
    }

    // The last one that was promised and the first one that was not.
    std::string complaint_of_repetition(std::size_t promises) {
        assistant::Assistant assistant{after, responder, clock, {}};
        for (std::size_t i = promises == 0 ? 0 : promises - 1; i < std::min(promises + 1, told.size()); ++i) {
            if (forgotten(told[i])) continue;
            const assistant::TurnResult again = assistant.take_turn(told[i].request);
            if (i < promises && !again.replayed) return "a repetition was stored again";
            if (i < promises && again.answer.reply.id != told[i].result.answer.reply.id)
                return "a repetition got another reply";
            if (!assistant.take_turn(told[i].request).replayed) return "a second repetition was stored again";
        }
        return {};
    }
    bool forgotten(const Told& one) const {
        return forgotten_session && one.result.answer.session_id == *forgotten_session;
    }

    const tests::SkippedSyncs skipped;
    responder::EmbeddedResponder responder;
    std::optional<DiskRecording> recording;
    std::vector<Told> told;
    std::optional<util::Id> forgotten_session;
    std::size_t forgotten_from = 0;  // promises beyond this many include the deletion
    const std::string after_cut = folder.file("after");
    UserFiles after{after_cut, options, 1, clock};
};

BOOST_FIXTURE_TEST_SUITE(power_cut_tests, PowerCutFixture)

BOOST_AUTO_TEST_CASE(plain_messages_outlive_a_power_cut) {
    tell("word0 before the recording");
    record();
    for (int i = 1; i < 5; ++i) tell("word" + std::to_string(i) + " is said");
    tell("word5 My name is Anna");
    tell("word6 My name is Maria");
    check_cuts();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
