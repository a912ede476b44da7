// SPDX-License-Identifier: MIT
#include "arq/monitor/pool_map.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "arq/util/file.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace arq::monitor {
namespace {

using model::Variant;
using std::chrono::microseconds;

struct MapFixture {
    std::size_t message_route() { return map.route("POST", "/api/message", true); }
    void answer(WorkerSlot& worker, std::size_t route, int status, microseconds time) {
        worker.begin_request(clock.now());
        worker.record({.route = route, .status = status, .time = time}, clock.now());
    }
    std::uint64_t requests() const { return map.totals(Variant::kProduction).requests; }

    tests::TempDir folder;
    const std::string path = folder.file("pool.map");
    tests::FakeClock clock;
    PoolMap map{path, clock};
};

// Runs `task` in another process, which is killed when it is told to end by SIGKILL or returns.
template <typename Task>
pid_t in_another_process(const Task& task) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    task();
    ::_exit(0);
}
void wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
}

BOOST_FIXTURE_TEST_SUITE(pool_map_tests, MapFixture)

BOOST_AUTO_TEST_CASE(an_answer_is_counted_by_all_that_tells_it_from_others) {
    const std::size_t route = map.route("GET", "/api/sessions/{id}", true);
    const std::size_t responder = map.responder("embedded");
    WorkerSlot worker = map.claim("c1", Variant::kCanary);
    worker.record({.route = route, .responder = responder, .status = 503, .time = microseconds{1500}},
                  clock.now());

    const auto all = map.series();
    const auto found =
        std::find_if(all.begin(), all.end(), [](const auto& one) { return one.times.count() > 0; });
    BOOST_REQUIRE((found != all.end()));
    BOOST_TEST(found->method == "GET");
    BOOST_TEST(found->route == "/api/sessions/{id}");
    BOOST_TEST(found->responder == "embedded");
    BOOST_TEST(found->status_class == 5);
    BOOST_TEST((found->variant == Variant::kCanary));
    BOOST_TEST(map.totals(Variant::kCanary).requests == 1U);
    BOOST_TEST(map.totals(Variant::kCanary).errors == 1U);
    BOOST_TEST(map.totals(Variant::kProduction).requests == 0U);
    BOOST_TEST(map.times(Variant::kCanary).count() == 1U);
}

BOOST_AUTO_TEST_CASE(what_only_looks_on_is_in_no_total) {
    const std::size_t health = map.route("GET", "/health", false);
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    answer(worker, health, 200, microseconds{50});
    BOOST_TEST(requests() == 0U);
    BOOST_TEST(map.times(Variant::kProduction).count() == 0U);
    BOOST_TEST(map.window(clock.now()).times.count() == 0U);
    BOOST_TEST(map.workers().at(0).requests == 1U);
}

BOOST_AUTO_TEST_CASE(two_maps_of_one_file_are_the_same) {
    PoolMap other{path, clock};
    BOOST_TEST(other.identity() == map.identity());
    const std::size_t route = message_route();
    BOOST_TEST(other.route("POST", "/api/message", true) == route);
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    WorkerSlot second = other.claim("2", Variant::kProduction);
    answer(worker, route, 200, microseconds{10});
    answer(second, route, 200, microseconds{10});
    BOOST_TEST(requests() == 2U);
    BOOST_TEST(map.workers().size() == 2U);
}

BOOST_AUTO_TEST_CASE(names_without_room_count_as_other) {
    for (int number = 0; number < 100; ++number) map.route("GET", "/" + std::to_string(number), true);
    BOOST_TEST(map.route("GET", "/one-too-many", true) == 0U);
    BOOST_TEST(map.route("GET", std::string(100, 'x'), true) == 0U);
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    answer(worker, 0, 200, microseconds{10});
    BOOST_TEST(requests() == 1U);
}

BOOST_AUTO_TEST_CASE(more_series_than_fit_are_counted_together) {
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    for (std::size_t route = 0; route < 64; ++route)
        for (int status = 100; status < 600; status += 100) answer(worker, route, status, microseconds{10});
    BOOST_TEST(map.times(Variant::kProduction).count() > 0U);
    std::uint64_t counted = 0;
    for (const SeriesFigures& one : map.series()) counted += one.times.count();
    BOOST_TEST(counted == 64U * 5);
}

BOOST_AUTO_TEST_CASE(the_window_holds_the_last_five_minutes) {
    const std::size_t route = message_route();
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    answer(worker, route, 500, microseconds{1000});
    clock.advance(std::chrono::minutes{4});
    answer(worker, route, 200, microseconds{2000});
    BOOST_TEST(map.window(clock.now()).times.count() == 2U);
    BOOST_TEST(map.window(clock.now()).errors == 1U);
    clock.advance(std::chrono::minutes{2});
    BOOST_TEST(map.window(clock.now()).times.count() == 1U);
    BOOST_TEST(map.window(clock.now()).errors == 0U);
    // The same cells of the ring, an hour later: what they held is gone without anybody clearing it.
    clock.advance(std::chrono::minutes{60});
    answer(worker, route, 500, microseconds{1000});
    BOOST_TEST(map.window(clock.now()).times.count() == 1U);
    BOOST_TEST(map.window(clock.now()).errors == 1U);
    BOOST_TEST(requests() == 3U);
}

BOOST_AUTO_TEST_CASE(a_worker_that_ends_in_good_order_leaves_no_death) {
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    worker.set_ready(true);
    BOOST_TEST(map.workers().at(0).ready);
    worker.release();
    map.reap();
    BOOST_TEST(map.workers().empty());
    BOOST_TEST(map.totals(Variant::kProduction).deaths == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_was_ended_because_it_failed_counts_as_dead) {
    WorkerSlot worker = map.claim("1", Variant::kCanary);
    map.note_failed(::getpid());
    worker.release();
    BOOST_TEST(map.totals(Variant::kCanary).deaths == 1U);
}

BOOST_AUTO_TEST_CASE(a_dead_workers_place_is_used_again_and_what_it_counted_stays) {
    const std::size_t route = message_route();
    wait_for(in_another_process([&] {
        PoolMap own{path, clock};
        WorkerSlot worker = own.claim("c1", Variant::kCanary);
        worker.begin_request(clock.now());
        worker.record({.route = route, .time = microseconds{10}}, clock.now());
        worker.begin_request(clock.now());
        ::raise(SIGKILL);
    }));
    BOOST_TEST(map.workers().empty());
    map.reap();
    BOOST_TEST(map.totals(Variant::kCanary).deaths == 1U);
    BOOST_TEST(map.totals(Variant::kCanary).requests == 1U);
    map.claim("c1", Variant::kCanary);
    BOOST_TEST(map.workers().at(0).requests == 0U);
    BOOST_TEST(map.workers().at(0).under_way == 0U);
    map.reap();
    BOOST_TEST(map.totals(Variant::kCanary).deaths == 1U);
}

// Each child counts beside the map how far it has come, in memory that outlives it.
BOOST_AUTO_TEST_CASE(workers_killed_in_the_middle_leave_no_figure_wrong) {
    constexpr int kRounds = 40;
    auto* const done = static_cast<std::atomic<std::uint64_t>*>(
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t before = done->load();
        const pid_t child = in_another_process([&] {
            PoolMap own{path, clock};
            const std::size_t route = own.route("GET", "/" + std::to_string(round), true);
            WorkerSlot worker = own.claim("1", Variant::kProduction);
            for (std::uint64_t number = 0;; ++number) {
                worker.begin_request(clock.now());
                worker.record({.route = route,
                               .status = number % 5 == 0 ? 500 : 200,
                               .time = microseconds{number % 100'000}},
                              clock.now());
                done->fetch_add(1);
            }
        });
        while (done->load() < before + 50 * static_cast<std::uint64_t>(round)) std::this_thread::yield();
        ::kill(child, SIGKILL);
        wait_for(child);
        map.reap();
    }
    const std::uint64_t finished = done->load();
    ::munmap(done, 4096);
    const auto is_right = [&](std::uint64_t figure) {
        return figure >= finished && figure <= finished + kRounds;
    };
    BOOST_TEST(is_right(requests()));
    BOOST_TEST(is_right(map.times(Variant::kProduction).count()));
    BOOST_TEST(is_right(map.window(clock.now()).times.count()));
    BOOST_TEST(map.workers().empty());
    // Those that were killed before they had a place are no workers yet.
    BOOST_TEST(map.totals(Variant::kProduction).deaths <= std::uint64_t{kRounds});
    BOOST_TEST(map.totals(Variant::kProduction).deaths >= std::uint64_t{kRounds - 2});
}

BOOST_AUTO_TEST_CASE(threads_of_several_maps_lose_nothing) {
    constexpr int kEach = 20'000;
    const std::size_t route = message_route();
    PoolMap other{path, clock};
    std::vector<std::thread> threads;
    for (PoolMap* one : {&map, &other})
        for (int number = 0; number < 2; ++number)
            threads.emplace_back([&, one] {
                WorkerSlot worker = one->claim("1", Variant::kProduction);
                for (int at = 0; at < kEach; ++at) {
                    answer(worker, at % 2 == 0 ? route : one->route("GET", "/x", true), 200,
                           microseconds{at});
                    if (at % 1000 == 0) map.window(clock.now());
                    if (at % 1000 == 0) map.series();
                    if (at % 1000 == 0) map.workers();
                }
                worker.release();
            });
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(requests() == 4U * kEach);
    BOOST_TEST(map.times(Variant::kProduction).count() == 4U * kEach);
    BOOST_TEST(map.window(clock.now()).times.count() == 4U * kEach);
}

BOOST_AUTO_TEST_CASE(a_file_of_another_layout_is_replaced_and_never_read) {
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    answer(worker, message_route(), 200, microseconds{10});
    for (const std::string& content : {std::string{"no map"}, std::string{}, std::string(3'000'000, 'x')}) {
        util::write_file_atomically(path, content, 0600);
        const PoolMap anew{path, clock};
        BOOST_TEST(anew.is_shared());
        BOOST_TEST(anew.totals(Variant::kProduction).requests == 0U);
        BOOST_TEST(anew.series().size() == 3U);
        for (const SeriesFigures& one : anew.series()) BOOST_TEST(one.times.count() == 0U);
    }
    answer(worker, message_route(), 200, microseconds{10});  // into the old file, which harms nobody
    BOOST_TEST(std::distance(std::filesystem::directory_iterator{folder.path()}, {}) == 1);
}

BOOST_AUTO_TEST_CASE(a_map_that_was_cut_costs_numbers_and_no_worker) {
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    BOOST_REQUIRE(::truncate(path.c_str(), 0) == 0);
    for (int at = 0; at < 1000; ++at) answer(worker, 0, 200, microseconds{at});
    const PoolMap anew{path, clock};
    BOOST_TEST(anew.is_shared());
}

BOOST_AUTO_TEST_CASE(without_a_file_it_counts_for_itself) {
    PoolMap alone{folder.file("nowhere/pool.map"), clock};
    BOOST_TEST(!alone.is_shared());
    WorkerSlot worker = alone.claim("1", Variant::kProduction);
    answer(worker, 0, 200, microseconds{10});
    BOOST_TEST(alone.totals(Variant::kProduction).requests == 1U);
}

BOOST_AUTO_TEST_CASE(the_file_takes_a_few_megabytes_and_its_pages_as_they_are_used) {
    BOOST_TEST(std::filesystem::file_size(path) < 3U * 1024 * 1024);
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_is_not_up) {
    const auto up_ms = [&] { return map.totals(Variant::kProduction).up_ms; };
    const auto probe_after = [&](int seconds, bool answered) {
        clock.advance(std::chrono::seconds{seconds});
        map.note_probe(answered, clock.now());
    };
    probe_after(0, true);
    BOOST_TEST(up_ms() == 0U);
    probe_after(5, true);
    BOOST_TEST(up_ms() == 5000U);
    probe_after(5, false);
    probe_after(5, true);
    BOOST_TEST(up_ms() == 5000U);  // down until the second good one
    probe_after(5, true);
    BOOST_TEST(up_ms() == 10'000U);
    probe_after(600, true);  // nobody looked
    BOOST_TEST(up_ms() == 10'000U);
    BOOST_TEST(map.totals(Variant::kProduction).probes == 6U);
    BOOST_TEST(map.totals(Variant::kProduction).probes_ok == 5U);
}

BOOST_AUTO_TEST_CASE(a_change_to_legacy_is_one_fallback) {
    map.note_serving(Variant::kProduction);
    map.note_serving(Variant::kLegacy);
    map.note_serving(Variant::kLegacy);
    BOOST_TEST(map.totals(Variant::kLegacy).fallbacks == 1U);
    map.note_serving(Variant::kProduction);
    map.note_serving(Variant::kLegacy);
    BOOST_TEST(map.totals(Variant::kLegacy).fallbacks == 2U);
}

BOOST_AUTO_TEST_CASE(the_pools_uptime_begins_with_its_first_worker) {
    BOOST_TEST((map.pool_started_at() == util::Timestamp{}));
    WorkerSlot first = map.claim("1", Variant::kProduction);
    const auto began = clock.now();
    clock.advance(std::chrono::hours{1});
    WorkerSlot second = map.claim("2", Variant::kProduction);
    first.release();
    BOOST_TEST((map.pool_started_at() == began));
    second.release();
    clock.advance(std::chrono::hours{1});
    map.claim("1", Variant::kProduction);
    BOOST_TEST((map.pool_started_at() == clock.now()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::monitor
