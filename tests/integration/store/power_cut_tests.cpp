// SPDX-License-Identifier: MIT
//
// Whatever a power cut leaves on the disk: the user's file opens whole, what was acknowledged is in it with
// its reply, and nothing twice.
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <fstream>
#include <map>

#include "arq/assistant/assistant.h"
#include "arq/responder/embedded.h"
#include "arq/store/host.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "store/sqlite.h"
#include "support/found_texts.h"
#include "support/power_cut.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::DiskImage;
using tests::DiskRecording;

constexpr std::size_t kSamples = 200;

struct PowerCutFixture : tests::StoreFixture {
    PowerCutFixture() : StoreFixture(tests::TempDir::base_in_memory()) {}

    // `step` counts what was acknowledged, messages and deletions alike.
    struct Told {
        assistant::TurnRequest request;
        assistant::TurnResult result;
        std::size_t step;
    };
    struct Deletion {
        std::optional<util::Id> session;  // absent: the whole user
        std::size_t step;
    };

    // --- what happens before the cut ---

    void record() { record(users_folder()); }
    void record(const std::string& root) {
        recording.emplace(root);
        recording->mark(steps);
    }
    void acknowledge() {
        ++steps;
        if (recording) recording->mark(steps);
    }
    util::Id tell(UserFiles& at, const std::string& text, std::optional<util::Id> session = {},
                  bool new_session = false) {
        clock.advance(util::Milliseconds{1000});
        assistant::TurnRequest request{.user = user(1),
                                       .text = text + " word" + std::to_string(told.size()),
                                       .message_id = "message-" + std::to_string(told.size()),
                                       .session_id = session,
                                       .new_session = new_session};
        assistant::Assistant assistant{at, responder, clock, {}};
        const assistant::TurnResult result = assistant.take_turn(request);
        acknowledge();
        told.push_back({std::move(request), result, steps});
        return result.answer.session_id;
    }
    util::Id tell(const std::string& text) { return tell(files, text); }
    void delete_session(util::Id id) {
        deletion = Deletion{.session = id, .step = steps + 1};
        auto file = files.open(user(1));
        UserFile::Transaction transaction{**file};
        (*file)->delete_session(id);
        transaction.commit();
        (*file)->scrub();
        acknowledge();
    }
    void delete_user() {
        deletion = Deletion{.session = {}, .step = steps + 1};
        files.remove(user(1));
        acknowledge();
    }

    // --- what there is after it ---

    // What is wrong, in words; empty where nothing is.
    std::string complaint(const DiskImage& image, std::size_t promises) {
        tests::write_image(image, after_cut);
        std::string trouble = complaint_of_file(promises);
        if (trouble.empty()) trouble = complaint_of_repetitions(promises);
        clock.advance(util::Milliseconds{1});
        after.tidy(std::chrono::seconds{0});  // lets go of the file
        if (!trouble.empty()) return trouble;
        Connection connection{path_after_cut(), Connection::Mode::kExisting};
        Query check{connection, "PRAGMA integrity_check"};
        check.next();
        if (check.text(0) != "ok") return "the file is damaged: " + check.text(0);
        connection.execute_script("INSERT INTO message_index (message_index) VALUES ('integrity-check')");
        connection.execute_script("INSERT INTO memory_index (memory_index) VALUES ('integrity-check')");
        return {};
    }

    std::string complaint_of_file(std::size_t promises) {
        auto file = after.open(user(1));
        std::map<std::string, int> times;
        if (file)
            for (const model::Session& session : (*file)->list_sessions({}, 200)) {
                const auto messages = (*file)->list_messages(session, {}, 200);
                if (static_cast<int>(messages.size()) != session.message_count)
                    return "a session's count of messages is not theirs";
                for (const model::Message& message : messages) ++times[message.client_id];
            }
        std::size_t deleted = 0;
        std::size_t deleted_there = 0;
        for (const Told& one : told) {
            const std::string& id = one.request.message_id;
            const bool is_there = times.contains(id);
            if (is_deleted(one)) {
                if (one.step <= promises) ++deleted;
                if (one.step <= promises && is_there) ++deleted_there;
                if (promises >= deletion->step && is_there) return id + " is back";
                if (promises == deletion->step - 1 && !is_there) continue;  // the deletion was under way
            }
            if (!is_there && promises >= one.step && !is_gone(one, promises)) return id + " is lost";
            if (!is_there) continue;
            const std::string trouble = complaint_of_message(**file, one, times.at(id), promises);
            if (!trouble.empty()) return id + trouble;
        }
        if (deleted_there != 0 && deleted_there != deleted) return "half of what was deleted is there";
        if (deletion && deleted_there == 0 && promises + 1 >= deletion->step &&
            tests::is_on_disk(after_cut, "xylophon"))
            return "what was deleted is still on the disk";
        return {};
    }

    std::string complaint_of_message(UserFile& file, const Told& one, int times, std::size_t promises) {
        if (times != 2) return " stands there " + std::to_string(times) + " times";
        const auto answer = file.find_answer(one.request.message_id);
        if (!answer) return " has no reply";
        if (answer->answer.reply.text != one.result.answer.reply.text) return " has another reply";
        if (promises >= one.step && answer->answer.reply.id != one.result.answer.reply.id)
            return " has another reply's id";
        const std::string word = one.request.text.substr(one.request.text.rfind(' ') + 1);
        return tests::found_in(file.search_messages(util::StemSet{{word}}, {})).empty()
                   ? " is not found by its word"
                   : "";
    }

    // Of the last one that was promised and the first one that was not.
    std::string complaint_of_repetitions(std::size_t promises) {
        assistant::Assistant assistant{after, responder, clock, {}};
        for (const Told& one : told) {
            if (one.step < promises || one.step > promises + 1 || is_deleted(one)) continue;
            const assistant::TurnResult again = assistant.take_turn(one.request);
            if (one.step <= promises && !again.replayed) return "a repetition was stored again";
            if (one.step <= promises && again.answer.reply.id != one.result.answer.reply.id)
                return "a repetition got another reply";
            if (!assistant.take_turn(one.request).replayed) return "a second repetition was stored again";
        }
        // Whatever lies about, the user can go on.
        if (assistant.take_turn({.user = user(1), .text = "Go on", .message_id = "go-on"}).replayed)
            return "a new message was taken for an old one";
        return {};
    }

    void check_cuts(std::size_t at_least = 50) {
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
            BOOST_REQUIRE_MESSAGE(trouble.empty(), "cut " << cuts << " with " << promises << " of " << steps
                                                          << " steps acknowledged: " << trouble);
        });
        BOOST_TEST_MESSAGE(cuts << " cuts");
        BOOST_TEST(cuts >= at_least);
    }

    bool is_deleted(const Told& one) const {
        return deletion && one.step < deletion->step &&
               (!deletion->session || one.result.answer.session_id == *deletion->session);
    }
    bool is_gone(const Told& one, std::size_t promises) const {
        return is_deleted(one) && promises >= deletion->step;
    }
    std::string path_after_cut() const { return after_cut + path_of(user(1)).substr(users_folder().size()); }

    const tests::SkippedSyncs skipped;
    responder::EmbeddedResponder responder;
    std::optional<DiskRecording> recording;
    std::size_t steps = 0;
    std::vector<Told> told;
    std::optional<Deletion> deletion;
    const std::string after_cut = folder.file("after");
    UserFiles after{after_cut, options, 1, clock};
};

BOOST_FIXTURE_TEST_SUITE(power_cut_tests, PowerCutFixture)

BOOST_AUTO_TEST_CASE(messages_outlive_it) {
    tell("Before the recording");
    record();
    for (int i = 0; i < 4; ++i) tell("This is said");
    tell("My name is Anna");
    tell("My name is Maria");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(messages_whose_index_rows_are_written_outlive_it) {
    for (int i = 0; i < 6; ++i) tell("Before the recording");
    record();
    for (int i = 0; i < 4; ++i) tell("The eighth exchange brings the rows of all");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(messages_around_a_checkpoint_outlive_it) {
    UserFileOptions often = options;
    often.wal_checkpoint_pages = 24;
    UserFiles at{users_folder(), often, 4, clock};
    tell(at, "Before the recording");
    record();
    for (int i = 0; i < 8; ++i) tell(at, "Every few messages the log is folded into the file");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(messages_before_and_after_the_file_is_closed_outlive_it) {
    tell("Before the recording");
    record();
    tell("With this one the log begins");
    clock.advance(util::Milliseconds{1});
    files.tidy(std::chrono::seconds{0});
    tell("With this one it begins anew");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(messages_of_a_user_whose_file_is_opened_for_each_outlive_it) {
    UserFileOptions often = options;
    often.wal_checkpoint_pages = 12;
    UserFiles at{users_folder(), often, 1, clock};
    at.open_or_create(user(2));  // theirs is the one that stays open
    tell(at, "Before the recording");
    record();
    for (int i = 0; i < 6; ++i) {
        for (int other = 3; other < 6; ++other) at.open_or_create(user(other));
        tell(at, "The log is left, gone on with, and folded in as the file is closed");
        BOOST_TEST(!std::filesystem::exists(path_of(user(1)) + "-shm"));
    }
    check_cuts();
}

BOOST_AUTO_TEST_CASE(the_first_messages_of_a_new_user_outlive_it) {
    record();
    tell("Hello");
    tell("My name is Anna");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(the_first_message_outlives_it_though_who_made_the_file_died_of_it) {
    record();
    {
        // The file has its name, but its folder was not synced when that worker ended.
        const tests::ArmedFault fault{users_folder(),
                                      {.operation = tests::Operation::kSync, .error = EIO, .at = 4}};
        BOOST_CHECK_THROW(tell("Hello"), Error);
        BOOST_TEST(fault.hits() == 1);
        BOOST_TEST(std::filesystem::exists(path_of(user(1))));
    }
    UserFiles another{users_folder(), options, 4, clock};
    tell(another, "Hello");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(what_is_told_again_outlives_it_though_who_stored_it_died_before_the_sync) {
    tell("Before the recording");
    const std::string log = path_of(user(1)) + "-wal";
    const std::string before = util::read_file(log);
    Connection other{path_of(user(1)), Connection::Mode::kExisting};
    other.pragma("user_version");  // so that the log isn't folded in when the failed connection is closed
    {
        const tests::ArmedFault fault{users_folder(),
                                      {.operation = tests::Operation::kSync, .error = EIO, .at = 1}};
        BOOST_CHECK_THROW(tell("Hello"), Error);
    }
    // As a worker leaves it that dies at that instant: the log is written, and synced up to `before`.
    const std::string unsynced = util::read_file(log).substr(before.size());
    const std::string second_folder = folder.file("second");
    const std::string second_log = second_folder + log.substr(users_folder().size());
    std::filesystem::copy(users_folder(), second_folder, std::filesystem::copy_options::recursive);
    std::filesystem::remove(second_log.substr(0, second_log.size() - 3) + "shm");
    std::filesystem::resize_file(second_log, before.size());
    record(second_folder);
    std::ofstream{second_log, std::ios::app} << unsynced;
    recording->written(second_log, static_cast<std::int64_t>(before.size()), unsynced);

    UserFiles another{second_folder, options, 4, clock};
    tell(another, "Hello");
    BOOST_TEST(told.back().result.replayed);
    check_cuts(5);  // the log's end was written at once
}

BOOST_AUTO_TEST_CASE(a_deleted_session_stays_deleted_and_the_others_stay) {
    tell("Kept");
    const util::Id session = tell(files, "xylophone", {}, true);
    for (int i = 0; i < 9; ++i) tell(files, "xylophone", session);
    const util::Id kept = tell(files, "Kept too", {}, true);
    record();
    tell(files, "xylophone", session);
    delete_session(session);
    tell(files, "Afterwards", kept);
    check_cuts();
}

BOOST_AUTO_TEST_CASE(a_deleted_user_stays_deleted_and_may_begin_anew) {
    for (int i = 0; i < 9; ++i) tell("xylophone");
    record();
    tell("xylophone");
    delete_user();
    tell("As if for the first time");
    tell("And again");
    check_cuts();
}

BOOST_AUTO_TEST_CASE(keys_that_were_added_or_revoked_are_so_after_it) {
    const auto key = [&](const std::string& id) {
        return ApiKey{.id = id, .name = id, .secret_hash = util::Bytes(32), .created_at = clock.now()};
    };
    const std::string root = folder.file("data");
    std::filesystem::create_directory(root);
    Host host{root + "/host.sqlite3", 1000};
    host.add_key(key("old"));
    record(root);
    host.add_key(key("new"));
    acknowledge();
    host.revoke_key("old", clock.now());
    acknowledge();
    host.note_key_use("new", clock.now());
    recording->stop();
    std::size_t cuts = 0;
    recording->for_each_cut(kSamples, [&](const DiskImage& image, std::size_t promises) {
        ++cuts;
        tests::write_image(image, after_cut);
        Host after_it{after_cut + "/host.sqlite3", 1000};
        const auto old_key = after_it.find_key("old");
        BOOST_REQUIRE(old_key.has_value());
        BOOST_REQUIRE_MESSAGE(promises < 1 || after_it.find_key("new"), "cut " << cuts << ": a key is lost");
        BOOST_REQUIRE_MESSAGE(promises < 2 || old_key->revoked_at,
                              "cut " << cuts << ": a revoked key is in force again");
    });
    BOOST_TEST(cuts >= 50U);
}

// A row for each commit, as anybody would write them: the first loss that the simulation finds.
std::string loss_with(const char* synchronous) {
    const tests::TempDir folder;
    const tests::SkippedSyncs skipped;
    const std::string root = folder.file("rows");
    const std::string after = folder.file("after");
    std::filesystem::create_directory(root);
    DiskRecording recording{root};
    Connection writer{root + "/rows.sqlite3", Connection::Mode::kCreate};
    writer.set_pragma("journal_mode", "WAL");
    writer.set_pragma("synchronous", synchronous);
    writer.execute_script("CREATE TABLE rows (number INTEGER PRIMARY KEY)");
    for (std::size_t row = 1; row <= 3; ++row) {
        writer.execute_script("INSERT INTO rows DEFAULT VALUES");
        recording.mark(row);
    }
    recording.stop();
    std::string loss;
    recording.for_each_cut(kSamples, [&](const DiskImage& image, std::size_t promises) {
        if (promises == 0 || !loss.empty()) return;
        tests::write_image(image, after);
        std::int64_t there = 0;
        try {
            Connection reader{after + "/rows.sqlite3", Connection::Mode::kExisting};
            Query count{reader, "SELECT count(*) FROM rows"};
            count.next();
            there = count.integer(0);
        } catch (const Error&) {
            there = 0;  // the table itself is lost
        }
        if (there < static_cast<std::int64_t>(promises))
            loss = std::to_string(promises) + " rows promised, " + std::to_string(there) + " there";
    });
    return loss;
}

BOOST_AUTO_TEST_CASE(the_simulation_sees_what_a_weaker_setting_loses) {
    BOOST_TEST(loss_with("FULL") == "");
    BOOST_TEST(loss_with("NORMAL") != "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
