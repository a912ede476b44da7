// SPDX-License-Identifier: MIT
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "arq/dates/dates.h"

namespace arq::dates {
namespace {

using namespace std::chrono_literals;

// A Tuesday, at ten past nine.
const LocalTime kNow = std::chrono::local_days{2026y / 11 / 24} + 9h + 10min;

struct Case {
    std::string said;
    std::string spoken;
};
std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.said;
}

// What is said now, spoken at `later`.
std::string spoken(std::string_view said, LocalTime later, util::Language language) {
    const std::vector<Mention> found = find_dates(said, kNow);
    BOOST_REQUIRE(found.size() == 1);
    return speak_relatively(found[0].from, found[0].to, found[0].grain, later, language);
}

BOOST_AUTO_TEST_SUITE(speak_tests)

const std::vector<Case> kEnglish{
    {"today", "today"},
    {"tomorrow", "tomorrow"},
    {"the day before yesterday", "the day before yesterday"},
    {"on Friday", "on Friday"},
    {"27 November", "on Friday"},
    {"in 6 days", "in 6 days"},
    {"next Friday", "next Friday"},
    {"21 November 2026", "last Saturday"},
    {"in 20 days", "in 20 days"},
    {"3 March 2015", "on 3 March 2015"},
    {"14 July", "on 14 July 2027"},
    {"tomorrow at 5 pm", "tomorrow at 17:00"},
    {"in half an hour", "in 30 minutes"},
    {"a minute ago", "a minute ago"},
    {"now", "now"},
    {"next week", "next week"},
    {"last month", "last month"},
    {"in May 2019", "in May 2019"},
    {"next year", "next year"},
    {"in 2019", "in 2019"},
    {"from 13 to 15 July", "from 13 to 15 July 2027"},
    {"from 28 December to 3 January", "from 28 December to 3 January 2027"},
    {"from 5 to 7 pm tomorrow", "tomorrow from 17:00 to 19:00"},
    {"this evening", "today from 18:00 to 00:00"},
    {"since Monday", "since 23 November"},
    {"until 1 December", "until 1 December"},
    {"since 2019", "since 2019"},
};
BOOST_DATA_TEST_CASE(english, boost::unit_test::data::make(kEnglish), one) {
    BOOST_TEST(spoken(one.said, kNow, util::Language::kEnglish) == one.spoken);
}

const std::vector<Case> kRussian{
    {"сегодня", "сегодня"},
    {"послезавтра", "послезавтра"},
    {"в пятницу", "в пятницу"},
    {"в следующую пятницу", "в следующую пятницу"},
    {"21 ноября 2026 года", "в прошлую субботу"},
    {"через 6 дней", "через 6 дней"},
    {"через 21 день", "через 21 день"},
    {"22 дня назад", "22 дня назад"},
    {"3 марта 2015 года", "3 марта 2015 года"},
    {"завтра в 17:30", "завтра в 17:30"},
    {"через 12 минут", "через 12 минут"},
    {"через минуту", "через минуту"},
    {"на прошлой неделе", "на прошлой неделе"},
    {"в следующем месяце", "в следующем месяце"},
    {"в мае 2019 года", "в мае 2019 года"},
    {"в прошлом году", "в прошлом году"},
    {"в 2019 году", "в 2019 году"},
    {"с 13 по 15 декабря", "с 13 по 15 декабря"},
    {"завтра с 5 до 7 вечера", "завтра с 17:00 до 19:00"},
    {"до 1 декабря", "до 1 декабря"},
    {"с мая 2019 года", "с мая 2019 года"},
};
BOOST_DATA_TEST_CASE(russian, boost::unit_test::data::make(kRussian), one) {
    BOOST_TEST(spoken(one.said, kNow, util::Language::kRussian) == one.spoken);
}

BOOST_AUTO_TEST_CASE(the_same_day_is_spoken_of_as_time_goes_by) {
    const auto on = [](std::chrono::year_month_day day) { return std::chrono::local_days{day} + 12h; };
    BOOST_TEST(spoken("on Friday", on(2026y / 11 / 26), util::Language::kEnglish) == "tomorrow");
    BOOST_TEST(spoken("on Friday", on(2026y / 11 / 27), util::Language::kEnglish) == "today");
    BOOST_TEST(spoken("on Friday", on(2026y / 12 / 1), util::Language::kEnglish) == "last Friday");
    BOOST_TEST(spoken("on Friday", on(2027y / 2 / 1), util::Language::kRussian) == "27 ноября 2026 года");
}

BOOST_AUTO_TEST_CASE(what_has_no_end_is_spoken_of_by_the_other) {
    BOOST_TEST(speak_relatively({}, {}, model::Grain::kDay, kNow, util::Language::kEnglish).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::dates
