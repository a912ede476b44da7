// SPDX-License-Identifier: MIT
#include "arq/monitor/folder.h"

#include <boost/test/unit_test.hpp>

#include "arq/store/host.h"
#include "arq/util/error.h"
#include "store/sqlite.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace arq::monitor {
namespace {

using model::PoolFigures;
using model::Span;
using model::Variant;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The watch, a pool of one worker and the installation's file.
struct FolderFixture {
    void answer(int count, int status = 200, microseconds time = microseconds{1000}) {
        for (int number = 0; number < count; ++number) {
            UnderWay under_way{worker, clock.now()};
            under_way.record({.route = route, .status = status, .time = time}, clock.now());
        }
    }
    Rows rows() {
        return {.fold_state = [&] { return host.fold_state(); },
                .list_figures = [&](Span span, util::Timestamp from,
                                    util::Timestamp until) { return host.list_figures(span, from, until); },
                .sum_up_ms = [&](Span span, util::Timestamp from) { return host.sum_up_ms(span, from); },
                .write_fold =
                    [&](const model::Fold& fold, const std::string& expected) {
                        if (failing) throw Error{ErrorCode::kStorageFull, "no room"};
                        const bool written = host.write_fold(fold, expected);
                        if (dies_after_writing) throw Error{ErrorCode::kInternal, "killed"};
                        return written;
                    }};
    }
    // Second by second, as the watch does it, with a probe every five.
    void live(seconds duration, bool answers = true) {
        for (seconds second{0}; second < duration; second += seconds{1}) {
            clock.advance(seconds{1});
            if (clock.now().time_since_epoch() % seconds{5} == seconds{0})
                folder->note_probe(answers, clock.now());
            folder->tick(clock.now());
        }
    }
    void restart_watch() {
        folder.emplace(map, rows());
        folder->tick(clock.now());
    }
    std::vector<PoolFigures> list(Span span) {
        return host.list_figures(span, util::Timestamp{}, clock.now() + std::chrono::days{1});
    }
    std::int64_t requests(Span span) { return sum(list(span), Variant::kProduction).requests; }

    tests::TempDir folder_on_disk{tests::TempDir::base_in_memory()};
    tests::FakeClock clock;
    store::Host host{folder_on_disk.file("host.sqlite3"), 1000};
    PoolMap map{folder_on_disk.file("pool.map"), clock};
    const std::size_t route = map.route("POST", "/api/message", true);
    WorkerSlot worker = map.claim("1", Variant::kProduction);
    bool failing = false;
    bool dies_after_writing = false;
    std::optional<Folder> folder{std::in_place, map, rows()};
};

BOOST_FIXTURE_TEST_SUITE(folder_tests, FolderFixture)

BOOST_AUTO_TEST_CASE(a_minute_becomes_a_row_of_each_span) {
    folder->tick(clock.now());
    answer(90);
    answer(10, 503, microseconds{50'000});
    live(seconds{60});
    for (const Span span : {Span::kMinute, Span::kHour, Span::kDay}) {
        const auto rows = list(span);
        BOOST_REQUIRE(rows.size() == 1U);
        BOOST_TEST(rows[0].requests == 100);
        BOOST_TEST(rows[0].errors == 10);
        BOOST_TEST(rows[0].p50_ms.value() > 0.98);
        BOOST_TEST(rows[0].p50_ms.value() < 1.02);
        BOOST_TEST(rows[0].p95_ms.value() > 49);
        BOOST_TEST(rows[0].max_ms.value() < 51);
        BOOST_TEST(rows[0].probes == 12);
        BOOST_TEST(times_of(rows[0]).count() == 100U);
    }
    BOOST_TEST((list(Span::kMinute)[0].begins_at == util::Timestamp{tests::FakeClock::kStart}));
}

BOOST_AUTO_TEST_CASE(later_minutes_are_added_to_their_hour_and_day) {
    folder->tick(clock.now());
    for (int minute = 0; minute < 90; ++minute) {
        answer(2);
        live(seconds{60});
    }
    BOOST_TEST(list(Span::kMinute).size() == 90U);
    BOOST_TEST(list(Span::kHour).size() == 2U);
    BOOST_TEST(list(Span::kHour)[0].requests == 120);
    BOOST_TEST(list(Span::kDay).at(0).requests == 180);
    BOOST_TEST(times_of(list(Span::kDay)[0]).count() == 180U);
}

BOOST_AUTO_TEST_CASE(a_minute_without_anything_makes_no_row) {
    folder->tick(clock.now());
    clock.advance(minutes{1});
    BOOST_TEST(folder->tick(clock.now()));
    BOOST_TEST(list(Span::kMinute).empty());
}

BOOST_AUTO_TEST_CASE(a_watch_that_is_started_again_neither_loses_nor_doubles) {
    folder->tick(clock.now());
    for (int minute = 0; minute < 5; ++minute) {
        answer(10);
        live(seconds{25});
        restart_watch();
        answer(10);
        if (minute == 2) folder->fold(clock.now());
        live(seconds{35});
        restart_watch();
    }
    live(seconds{60});
    BOOST_TEST(requests(Span::kMinute) == 100);
    BOOST_TEST(requests(Span::kHour) == 100);
    BOOST_TEST(requests(Span::kDay) == 100);
    BOOST_TEST(sum(list(Span::kMinute), Variant::kProduction).probes == 72);
}

// Killed between the commit and whatever would come after it; and with no room to write.
BOOST_AUTO_TEST_CASE(a_watch_that_dies_as_it_folds_neither_loses_nor_doubles) {
    folder->tick(clock.now());
    answer(10);
    clock.advance(minutes{1});
    dies_after_writing = true;
    BOOST_CHECK_THROW(folder->tick(clock.now()), Error);
    dies_after_writing = false;
    restart_watch();
    clock.advance(minutes{1});
    failing = true;
    answer(5);
    BOOST_CHECK_THROW(folder->tick(clock.now()), Error);
    BOOST_CHECK_THROW(folder->tick(clock.now()), Error);
    failing = false;
    BOOST_TEST(folder->tick(clock.now()));
    BOOST_TEST(requests(Span::kMinute) == 15);
    BOOST_TEST(requests(Span::kDay) == 15);
}

BOOST_AUTO_TEST_CASE(of_two_watches_one_folds) {
    Folder other{map, rows()};
    folder->tick(clock.now());
    other.tick(clock.now());
    answer(10);
    clock.advance(minutes{1});
    folder->tick(clock.now());
    other.tick(clock.now());
    BOOST_TEST(requests(Span::kMinute) == 10);
    const model::Fold late{.state = "1 2 3"};
    BOOST_TEST(!host.write_fold(late, "what was there before"));
    BOOST_TEST(requests(Span::kMinute) == 10);
}

BOOST_AUTO_TEST_CASE(a_new_map_is_counted_from_its_beginning) {
    folder->tick(clock.now());
    answer(10);
    live(seconds{60});
    PoolMap anew{clock};
    WorkerSlot second = anew.claim("1", Variant::kCanary);
    UnderWay under_way{second, clock.now()};
    under_way.record({.route = anew.route("POST", "/api/message", true), .time = microseconds{10}},
                     clock.now());
    Folder of_new{anew, rows()};
    of_new.fold(clock.now());
    BOOST_TEST(requests(Span::kDay) == 10);
    BOOST_TEST(sum(list(Span::kDay), Variant::kCanary).requests == 1);
}

BOOST_AUTO_TEST_CASE(variants_have_rows_of_their_own) {
    folder->tick(clock.now());
    WorkerSlot canary = map.claim("c1", Variant::kCanary);
    for (const int status : {200, 500}) {
        UnderWay under_way{canary, clock.now()};
        under_way.record({.route = route, .status = status, .time = microseconds{2000}}, clock.now());
    }
    map.note_failed(::getpid());
    answer(5);
    live(seconds{60});
    const auto rows = list(Span::kMinute);
    BOOST_TEST(rows.size() == 2U);
    BOOST_TEST(sum(rows, Variant::kCanary).requests == 2);
    BOOST_TEST(sum(rows, Variant::kCanary).errors == 1);
    BOOST_TEST(sum(rows, Variant::kProduction).requests == 5);
    BOOST_TEST(sum(rows, Variant::kLegacy).requests == 0);
    BOOST_TEST(!sum(rows, Variant::kLegacy).p95_ms.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_bounded) {
    folder->tick(clock.now());
    const auto fold_after = [&](std::chrono::hours gap) {
        clock.advance(gap);
        answer(1);
        folder->fold(clock.now());
    };
    fold_after(std::chrono::hours{0});
    fold_after(std::chrono::hours{49});
    BOOST_TEST(list(Span::kMinute).size() == 1U);
    BOOST_TEST(list(Span::kHour).size() == 2U);
    fold_after(std::chrono::hours{24 * 61});
    BOOST_TEST(list(Span::kHour).size() == 1U);
    BOOST_TEST(list(Span::kDay).size() == 3U);
    fold_after(std::chrono::hours{24 * 1100});
    BOOST_TEST(list(Span::kDay).size() == 1U);
}

BOOST_AUTO_TEST_CASE(uptime_counts_from_the_first_probe_and_only_what_was_seen) {
    BOOST_TEST(!map.uptime().day.has_value());
    live(seconds{3600});
    BOOST_TEST(map.uptime().day.value() == 100.0);
    live(seconds{360}, false);
    live(seconds{3240});
    // Down from the last good probe before to the first good one after: 365 s of two hours.
    BOOST_TEST(map.uptime().day.value() > 94.8);
    BOOST_TEST(map.uptime().day.value() < 95.0);
    BOOST_TEST(map.uptime().week.value() == map.uptime().month.value());

    clock.advance(std::chrono::hours{2});  // nobody looks
    restart_watch();
    live(seconds{60});
    BOOST_TEST(map.uptime().day.value() > 47.0);
    BOOST_TEST(map.uptime().day.value() < 48.0);
    BOOST_TEST(host.sum_up_ms(Span::kDay, util::Timestamp{}) > 6'800'000);
}

BOOST_AUTO_TEST_CASE(what_was_down_yesterday_is_in_the_week_and_not_in_the_day) {
    live(seconds{60});
    live(seconds{60}, false);
    live(seconds{60});
    clock.advance(std::chrono::hours{25});
    restart_watch();
    live(seconds{120});
    BOOST_TEST(map.uptime().day.value() < 0.2);
    BOOST_TEST(map.uptime().week.value() < 1.0);
}

BOOST_AUTO_TEST_CASE(a_damaged_row_counts_as_empty) {
    folder->tick(clock.now());
    answer(10);
    live(seconds{60});
    {
        store::Connection connection{folder_on_disk.file("host.sqlite3"), store::Connection::Mode::kExisting};
        connection.execute_script("UPDATE pool_figures SET times = x'ffff'");
    }
    answer(1);
    folder->fold(clock.now());
    BOOST_TEST(requests(Span::kHour) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::monitor
