// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <future>

#include "arq/assistant/assistant.h"
#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::assistant {
namespace {

// A responder that takes its time: what happens meanwhile is the test's to say.
class SlowResponder final : public responder::Responder {
public:
    bool is_instant() const override { return false; }
    model::Reply reply(const responder::Prompt& prompt) override {
        ++calls;
        if (meanwhile) std::exchange(meanwhile, nullptr)();
        return {.text = "reply to " + prompt.message, .responder = "slow"};
    }

    std::atomic<int> calls{0};
    std::function<void()> meanwhile;
};

struct Died {};

struct LeaseFixture : tests::StoreFixture {
    TurnRequest request(std::string text = "My name is Anna") const {
        return {.user = user(1), .text = std::move(text), .message_id = "once"};
    }

    SlowResponder responder;
    Options options{.lease = std::chrono::seconds{90}};
    store::UserFiles other_files{users_folder(), StoreFixture::options, 4, clock};
    Assistant worker{files, responder, clock, options};
    Assistant other_worker{other_files, responder, clock, options};
};

BOOST_FIXTURE_TEST_SUITE(lease_tests, LeaseFixture)

BOOST_AUTO_TEST_CASE(the_message_is_durable_before_the_responder_is_asked) {
    responder.meanwhile = [this] {
        const auto file = other_files.open(user(1));
        BOOST_REQUIRE(file.has_value());
        BOOST_TEST((*file)->find_message("once")->text == "My name is Anna");
        BOOST_TEST(!(*file)->find_answer("once").has_value());
    };
    BOOST_TEST(worker.take_turn(request()).answer.reply.text == "reply to My name is Anna");
}

BOOST_AUTO_TEST_CASE(a_repetition_waits_for_the_first_and_gets_its_answer) {
    std::promise<void> waiting;
    std::future<TurnResult> repetition;
    responder.meanwhile = [&] {
        repetition = std::async(std::launch::async, [&] {
            waiting.set_value();
            return other_worker.take_turn(request());
        });
        waiting.get_future().wait();
    };
    // The fake clock moves with each pause of the one that waits: a lease that it can't outwait.
    const Options patient{.lease = std::chrono::hours{24 * 365}};
    Assistant first{files, responder, clock, patient};
    const TurnResult answered = first.take_turn(request());
    const TurnResult repeated = repetition.get();
    BOOST_TEST(repeated.replayed);
    BOOST_TEST(repeated.answer.reply.id == answered.answer.reply.id);
    BOOST_TEST(responder.calls == 1);
}

BOOST_AUTO_TEST_CASE(a_repetition_waits_beyond_a_limit_too_and_a_new_message_is_refused) {
    TurnRequest limited = request();
    limited.repetition_only = true;
    BOOST_CHECK_EXCEPTION(worker.take_turn(limited), Error, tests::has_code(ErrorCode::kRateLimited));
    responder.meanwhile = [] { throw Died{}; };
    BOOST_CHECK_THROW(worker.take_turn(request()), Died);
    BOOST_TEST(!other_worker.take_turn(limited).replayed);
    limited.message_id = "another";
    BOOST_CHECK_EXCEPTION(worker.take_turn(limited), Error, tests::has_code(ErrorCode::kRateLimited));
}

BOOST_AUTO_TEST_CASE(who_waits_takes_over_when_the_first_ones_worker_died) {
    responder.meanwhile = [] { throw Died{}; };
    BOOST_CHECK_THROW(worker.take_turn(request()), Died);
    const auto before = clock.now();
    const TurnResult taken_over = other_worker.take_turn(request());
    BOOST_TEST((clock.now() - before >= options.lease));  // not before its time was up
    BOOST_TEST(!taken_over.replayed);
    BOOST_TEST(taken_over.answer.memory.added.at(0).text == "My name is Anna");
    BOOST_TEST(worker.take_turn(request()).replayed);
    const auto file = files.open(user(1));
    BOOST_TEST((*file)->list_sessions({}, 9).at(0).message_count == 2);
}

BOOST_AUTO_TEST_CASE(of_two_answers_the_first_stands) {
    responder.meanwhile = [this] {
        clock.advance(std::chrono::seconds{91});
        BOOST_TEST(!other_worker.take_turn(request()).replayed);
    };
    const TurnResult late = worker.take_turn(request());
    BOOST_TEST(late.replayed);
    BOOST_TEST(responder.calls == 2);
    BOOST_TEST((*files.open(user(1)))->list_sessions({}, 9).at(0).message_count == 2);
}

BOOST_AUTO_TEST_CASE(another_text_is_refused_while_the_first_is_at_work) {
    responder.meanwhile = [this] {
        BOOST_CHECK_EXCEPTION(other_worker.take_turn(request("Other")), Error,
                              tests::has_code(ErrorCode::kMessageIdReused));
    };
    worker.take_turn(request());
}

BOOST_AUTO_TEST_CASE(a_user_who_is_deleted_meanwhile_gets_no_answer_stored) {
    responder.meanwhile = [this] { other_files.remove(user(1)); };
    BOOST_CHECK_EXCEPTION(worker.take_turn(request()), Error, tests::has_code(ErrorCode::kSessionNotFound));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::assistant
