// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <ostream>

#include "arq/dates/dates.h"

namespace arq::dates {
namespace {

using namespace std::chrono_literals;

// A Tuesday, at ten past nine.
const LocalTime kNow = std::chrono::local_days{2026y / 11 / 24} + 9h + 10min;

// "2026-11-24T09:10" of a time, "-" where there is none.
std::string show(const std::optional<LocalTime>& time) {
    if (!time) return "-";
    const auto day = std::chrono::floor<std::chrono::days>(*time);
    const std::chrono::year_month_day date{day};
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*time - day).count();
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
    return text;
}

// "words: from .. to (grain)" of each mention, one a line.
std::string found_in(std::string_view text, const Options& options = {}) {
    std::string all;
    for (const Mention& mention : find_dates(text, kNow, options)) {
        if (!all.empty()) all += "\n";
        all += std::string{mention.words} + ": " + show(mention.from) + " .. " + show(mention.to) + " " +
               std::string{model::grain_name(mention.grain)};
        BOOST_TEST(text.substr(mention.offset, mention.words.size()) == mention.words);
    }
    return all;
}

struct Case {
    std::string text;
    std::string expected;
};
std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.text;
}

BOOST_AUTO_TEST_SUITE(dates_tests)

const std::vector<Case> kDays{
    {"I have to call the bank tomorrow, remind me", "tomorrow: 2026-11-25T00:00 .. 2026-11-26T00:00 day"},
    {"Позвони маме завтра, пожалуйста", "завтра: 2026-11-25T00:00 .. 2026-11-26T00:00 day"},
    {"My dentist is on Friday.", "on Friday: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"У меня стоматолог в пятницу.", "в пятницу: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"We meet next Friday at the station", "next Friday: 2026-12-04T00:00 .. 2026-12-05T00:00 day"},
    {"Встреча в следующую пятницу у вокзала",
     "в следующую пятницу: 2026-12-04T00:00 .. 2026-12-05T00:00 day"},
    {"She was born on 7 June 1984 in Riga", "on 7 June 1984: 1984-06-07T00:00 .. 1984-06-08T00:00 day"},
    {"Я родился 7 июня 1984 года в Риге", "7 июня 1984 года: 1984-06-07T00:00 .. 1984-06-08T00:00 day"},
    {"I fly to Oslo in 3 days", "in 3 days: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"Я улетаю через 3 дня в Осло", "через 3 дня: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"We moved here two months ago", "two months ago: 2026-09-24T00:00 .. 2026-09-25T00:00 day"},
    {"Мы переехали два месяца назад", "два месяца назад: 2026-09-24T00:00 .. 2026-09-25T00:00 day"},
};
BOOST_DATA_TEST_CASE(days_are_found_within_a_text, boost::unit_test::data::make(kDays), one) {
    BOOST_TEST(found_in(one.text) == one.expected);
}

const std::vector<Case> kTimes{
    {"Dinner at half past seven", "at half past seven: 2026-11-24T19:30 .. 2026-11-24T19:31 minute"},
    {"Ужин в половине восьмого вечера",
     "в половине восьмого вечера: 2026-11-24T19:30 .. 2026-11-24T19:31 minute"},
    {"Call me at 5 pm tomorrow", "at 5 pm tomorrow: 2026-11-25T17:00 .. 2026-11-25T18:00 hour"},
    {"Позвони мне завтра в 17:45", "завтра в 17:45: 2026-11-25T17:45 .. 2026-11-25T17:46 minute"},
    {"Lesson on Monday from 10 to 12", "on Monday from 10 to 12: 2026-11-30T10:00 .. 2026-11-30T12:00 hour"},
    {"Урок в понедельник с 10 до 12", "в понедельник с 10 до 12: 2026-11-30T10:00 .. 2026-11-30T12:00 hour"},
};
BOOST_DATA_TEST_CASE(times_of_the_day_are_found, boost::unit_test::data::make(kTimes), one) {
    BOOST_TEST(found_in(one.text) == one.expected);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::dates
