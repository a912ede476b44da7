// SPDX-License-Identifier: MIT
#include "arq/watch/judge.h"

#include <boost/test/unit_test.hpp>

namespace arq::watch {
namespace {

using std::chrono::seconds;

const Worker kWorker{.name = "1", .pid = 4711, .socket = "slot0.sock"};
constexpr Seen kAnswers{.answered = true, .requests = 7};
constexpr Seen kMisses{.answered = false, .requests = 7};

struct Pool {
    Judge judge{{.memory_kib = 1000, .requests = 50}};
    Judge::Time now{};
    std::vector<std::string> said;
    bool is_heard = true;

    void look(const Seen& seen, const Worker& worker = kWorker) {
        now += seconds{5};
        judge.look(worker, seen, now, [&](std::string_view line) {
            if (is_heard) said.emplace_back(line);
            return is_heard;
        });
    }
    void says(const std::vector<std::string>& expected) {
        BOOST_TEST(said == expected, boost::test_tools::per_element());
    }
};

BOOST_FIXTURE_TEST_SUITE(judge_tests, Pool)

BOOST_AUTO_TEST_CASE(two_probes_missed_in_a_row_are_a_hang) {
    look(kMisses);
    says({});
    look(kMisses);
    says({"hung 1 4711"});
}

BOOST_AUTO_TEST_CASE(an_answer_in_between_is_none) {
    look(kMisses);
    look(kAnswers);
    look(kMisses);
    says({});
}

BOOST_AUTO_TEST_CASE(a_worker_that_finishes_requests_is_busy_and_does_not_hang) {
    for (std::uint64_t requests = 7; requests < 20; ++requests)
        look({.answered = false, .requests = requests});
    says({});
    look({.answered = false, .requests = 19});
    look({.answered = false, .requests = 19});
    says({"hung 1 4711"});
}

BOOST_AUTO_TEST_CASE(where_nobody_counts_requests_the_probes_decide) {
    look({.answered = false});
    look({.answered = false});
    says({"hung 1 4711"});
}

BOOST_AUTO_TEST_CASE(another_process_begins_anew) {
    look(kMisses);
    look(kMisses, {.name = "1", .pid = 4712});
    says({});
}

BOOST_AUTO_TEST_CASE(a_worker_that_is_not_asked_misses_nothing) {
    for (int round = 0; round < 5; ++round) look({.requests = 7});
    says({});
}

BOOST_AUTO_TEST_CASE(too_much_memory_and_enough_requests_are_said) {
    look({.answered = true, .requests = 49, .private_kib = 1000});
    says({});
    look({.answered = true, .requests = 50, .private_kib = 1001});
    says({"large 1 4711 1001", "served 1 4711 50"});
}

BOOST_AUTO_TEST_CASE(probes_that_it_answered_are_none_of_what_it_has_served) {
    const Worker on_five_slots{.name = "1", .pid = 4711, .socket = "slot0.sock", .probes = 5};
    for (std::uint64_t round = 1; round <= 20; ++round)
        look({.answered = true, .requests = 5 * round}, on_five_slots);
    says({});
    look({.answered = true, .requests = 105 + 49}, on_five_slots);
    says({});
    look({.answered = true, .requests = 110 + 50}, on_five_slots);
    says({"served 1 4711 50"});
}

BOOST_AUTO_TEST_CASE(zero_is_no_limit) {
    Judge unlimited{{.memory_kib = 0, .requests = 0}};
    unlimited.look(kWorker, {.answered = true, .requests = 1'000'000, .private_kib = 1'000'000}, now,
                   [&](std::string_view line) {
                       said.emplace_back(line);
                       return true;
                   });
    says({});
}

BOOST_AUTO_TEST_CASE(what_lasts_is_said_once_a_minute) {
    for (int round = 0; round < 12; ++round) look({.answered = true, .private_kib = 2000});
    says({"large 1 4711 2000"});
    look({.answered = true, .private_kib = 2000});
    says({"large 1 4711 2000", "large 1 4711 2000"});
}

BOOST_AUTO_TEST_CASE(what_was_not_heard_is_said_again_in_the_next_round) {
    is_heard = false;
    look({.answered = true, .private_kib = 2000});
    is_heard = true;
    look({.answered = true, .private_kib = 2000});
    says({"large 1 4711 2000"});
}

BOOST_AUTO_TEST_CASE(who_has_gone_is_forgotten) {
    look(kMisses);
    judge.keep_only({});
    look(kMisses);
    says({});
}

BOOST_AUTO_TEST_CASE(a_disk_is_nearly_full_until_it_has_an_eighth_more_than_the_least) {
    DiskJudge disk{80};
    for (const std::int64_t free_mib : {100, 80, 79, 0, 89, 90, 85, 79})
        disk.look(free_mib, [&](std::string_view line) {
            said.emplace_back(line);
            return true;
        });
    says({"disk nearly_full", "disk ok", "disk nearly_full"});
}

struct Nginx : Pool {
    NginxJudge nginx;

    void look(Answer answer, bool is_everybody_served = true) {
        now += seconds{5};
        nginx.look(answer, is_everybody_served, now, [&](std::string_view line) {
            said.emplace_back(line);
            return true;
        });
    }
};

BOOST_FIXTURE_TEST_CASE(an_nginx_that_misses_two_probes_in_a_row_is_gone_or_silent, Nginx) {
    look(Answer::kRefused);
    look(Answer::kGood);
    look(Answer::kSilent);
    says({});
    look(Answer::kBad);
    says({"nginx silent"});
    look(Answer::kGood);
    look(Answer::kRefused, false);
    look(Answer::kRefused, false);
    says({"nginx silent", "nginx gone"});
    for (int round = 0; round < 11; ++round) look(Answer::kRefused);
    says({"nginx silent", "nginx gone"});
    look(Answer::kRefused);
    says({"nginx silent", "nginx gone", "nginx gone"});
}

BOOST_FIXTURE_TEST_CASE(what_nginx_passes_on_is_not_its_fault, Nginx) {
    for (int round = 0; round < 5; ++round) look(Answer::kBad, false);
    for (int round = 0; round < 5; ++round) look(Answer::kSilent, false);
    says({});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::watch
