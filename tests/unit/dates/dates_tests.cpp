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

const std::vector<Case> kConventions{
    // A day without more is the next one; today's is not meant.
    {"See you Tuesday", "Tuesday: 2026-12-01T00:00 .. 2026-12-02T00:00 day"},
    {"this Sunday", "this Sunday: 2026-11-29T00:00 .. 2026-11-30T00:00 day"},
    {"next Sunday", "next Sunday: 2026-12-06T00:00 .. 2026-12-07T00:00 day"},
    {"last Sunday", "last Sunday: 2026-11-22T00:00 .. 2026-11-23T00:00 day"},
    {"в это воскресенье", "в это воскресенье: 2026-11-29T00:00 .. 2026-11-30T00:00 day"},
    {"в следующее воскресенье", "в следующее воскресенье: 2026-12-06T00:00 .. 2026-12-07T00:00 day"},
    {"в прошлое воскресенье", "в прошлое воскресенье: 2026-11-22T00:00 .. 2026-11-23T00:00 day"},
    {"this weekend", "this weekend: 2026-11-28T00:00 .. 2026-11-30T00:00 day"},
    {"next weekend", "next weekend: 2026-12-05T00:00 .. 2026-12-07T00:00 day"},
    {"в выходные", "в выходные: 2026-11-28T00:00 .. 2026-11-30T00:00 day"},
    // The third hour is one of the afternoon, the ninth the next one.
    {"tomorrow at 3", "tomorrow at 3: 2026-11-25T15:00 .. 2026-11-25T16:00 hour"},
    {"tomorrow at 9", "tomorrow at 9: 2026-11-25T09:00 .. 2026-11-25T10:00 hour"},
    {"at 8", "at 8: 2026-11-24T20:00 .. 2026-11-24T21:00 hour"},
    {"завтра в 3", "завтра в 3: 2026-11-25T15:00 .. 2026-11-25T16:00 hour"},
    {"завтра в 3 ночи", "завтра в 3 ночи: 2026-11-25T03:00 .. 2026-11-25T04:00 hour"},
    // A month and a day lie ahead, unless a year is named.
    {"on November 24", "on November 24: 2026-11-24T00:00 .. 2026-11-25T00:00 day"},
    {"on November 23", "on November 23: 2027-11-23T00:00 .. 2027-11-24T00:00 day"},
    {"in November", "in November: 2026-11-01T00:00 .. 2026-12-01T00:00 month"},
    {"in October", "in October: 2027-10-01T00:00 .. 2027-11-01T00:00 month"},
    // Both ends of a range of days belong to it, a time is where it ends.
    {"from Thursday to Saturday", "from Thursday to Saturday: 2026-11-26T00:00 .. 2026-11-29T00:00 day"},
    {"с четверга по субботу", "с четверга по субботу: 2026-11-26T00:00 .. 2026-11-29T00:00 day"},
    {"from 2 to 4 pm", "from 2 to 4 pm: 2026-11-24T14:00 .. 2026-11-24T16:00 hour"},
    {"I work from 9 to 5", "from 9 to 5: 2026-11-24T09:00 .. 2026-11-24T17:00 hour"},
    {"from 8 to 9", "from 8 to 9: 2026-11-24T20:00 .. 2026-11-24T21:00 hour"},
    {"с 8 до 18", "с 8 до 18: 2026-11-24T08:00 .. 2026-11-24T18:00 hour"},
    {"since Thursday", "since Thursday: 2026-11-19T00:00 .. - day"},
    {"since May", "since May: 2026-05-01T00:00 .. - month"},
    {"с четверга", "с четверга: 2026-11-26T00:00 .. - day"},
    {"until Thursday", "until Thursday: - .. 2026-11-26T00:00 day"},
    {"after Thursday", "after Thursday: 2026-11-27T00:00 .. - day"},
    {"до четверга", "до четверга: - .. 2026-11-26T00:00 day"},
    // How exact a distance is.
    {"in 2 hours", "in 2 hours: 2026-11-24T11:10 .. 2026-11-24T11:11 minute"},
    {"in 2 weeks", "in 2 weeks: 2026-12-08T00:00 .. 2026-12-09T00:00 day"},
    {"in 2 years", "in 2 years: 2028-11-01T00:00 .. 2028-12-01T00:00 month"},
    {"a month ago", "a month ago: 2026-10-24T00:00 .. 2026-10-25T00:00 day"},
    // A time takes the day that was named before it.
    {"On Saturday we get up at 7 and leave at half past eight",
     "On Saturday: 2026-11-28T00:00 .. 2026-11-29T00:00 day\nat 7: 2026-11-28T07:00 .. 2026-11-28T08:00 "
     "hour\n"
     "at half past eight: 2026-11-28T08:30 .. 2026-11-28T08:31 minute"},
};
BOOST_DATA_TEST_CASE(conventions_hold, boost::unit_test::data::make(kConventions), one) {
    BOOST_TEST(found_in(one.text) == one.expected);
}

const std::vector<Case> kPhrases{
    {"the last Friday of this month",
     "the last Friday of this month: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"в последнюю пятницу месяца", "в последнюю пятницу месяца: 2026-11-27T00:00 .. 2026-11-28T00:00 day"},
    {"at the end of next month", "at the end of next month: 2026-12-21T00:00 .. 2027-01-01T00:00 day"},
    {"в начале июня", "в начале июня: 2027-06-01T00:00 .. 2027-06-11T00:00 day"},
    {"three weeks from Friday", "three weeks from Friday: 2026-12-18T00:00 .. 2026-12-19T00:00 day"},
    {"за два дня до Нового года", "за два дня до Нового года: 2026-12-30T00:00 .. 2026-12-31T00:00 day"},
    {"Q2 2025", "Q2 2025: 2025-04-01T00:00 .. 2025-07-01T00:00 quarter"},
    {"летом 2018 года", "летом 2018 года: 2018-06-01T00:00 .. 2018-09-01T00:00 day"},
    {"last Christmas", "last Christmas: 2025-12-25T00:00 .. 2025-12-26T00:00 day"},
    {"Easter 2027", "Easter 2027: 2027-03-28T00:00 .. 2027-03-29T00:00 day"},
    {"на Пасху", "на Пасху: 2027-05-02T00:00 .. 2027-05-03T00:00 day"},
    {"Yom Kippur 2025", "Yom Kippur 2025: 2025-10-01T00:00 .. 2025-10-02T00:00 day"},
    {"Diwali 2025", "Diwali 2025: 2025-10-20T00:00 .. 2025-10-21T00:00 day"},
    {"Chinese New Year", "Chinese New Year: 2027-02-06T00:00 .. 2027-02-07T00:00 day"},
    {"2026-12-24T06:45", "2026-12-24T06:45: 2026-12-24T06:45 .. 2026-12-24T06:46 minute"},
    {"без четверти пять", "без четверти пять: 2026-11-24T16:45 .. 2026-11-24T16:46 minute"},
    {"со вчерашнего дня", "со вчерашнего дня: 2026-11-23T00:00 .. - day"},
    {"в понедельник через неделю", "в понедельник через неделю: 2026-11-30T00:00 .. 2026-12-01T00:00 day"},
    {"18 December for 10 days", "18 December for 10 days: 2026-12-18T00:00 .. 2026-12-28T00:00 day"},
};
BOOST_DATA_TEST_CASE(phrases_are_understood, boost::unit_test::data::make(kPhrases), one) {
    BOOST_TEST(found_in(one.text) == one.expected);
}

const std::vector<std::string> kWithout{
    "You may call me Al.",
    "I march every time the band plays",
    "Give me a second opinion, the first was bad",
    "April is my sister and June is my aunt",
    "The sun is shining and I sat down",
    "My phone number is 555-12-34, the flat is 12/3",
    "Version 1.10.2 is out, chapter 5, page 12",
    "I paid 15.50 for it and got 9/10 in the test",
    "I have two kids, I am 34 years old and have been working for 5 years",
    "I slept 3 hours, once a week, for three days",
    "On Mondays and every Friday at 5",
    "Good morning! Good evening, everyone",
    "the 19th century, on the 5th floor, at 100 km per hour",
    "from 5 to 7 people, between 10 and 20 people, 10-15 people",
    "day by day, next to the house, the last one, at first",
    "32 August, August 32, 2014-02-30, 8/32/2014, 25:12",
    "https://example.com/2024/05/03/post and 192.168.1.1",
    "Март и Май - мои коты",
    "Это второй вариант, первый раз в жизни",
    "Мне 34 года, я работаю 5 лет и сплю 6 часов",
    "каждый понедельник, по пятницам, каждое утро",
    "доброе утро, добрый вечер, с добрым утром",
    "в 5 раз больше, в 3 магазинах, в 10 классе, на 5 этаже",
    "цена 12.50 руб, дом 12/3, кв. 15, версия 1.10.2",
    "среди друзей, средний возраст, в среднем 5 человек",
    "от 3 до 5 лет, от 10 до 20 процентов, с 5 до 7 человек",
    "последний раз, в последнее время, следующий вопрос, час пик",
    "32 августа, 29 февраля 2026 года",
};
BOOST_DATA_TEST_CASE(a_text_without_a_date_has_none, boost::unit_test::data::make(kWithout), text) {
    BOOST_TEST(found_in(text) == "");
}

BOOST_AUTO_TEST_CASE(a_day_and_a_month_in_numbers_go_by_the_option) {
    BOOST_TEST(found_in("on 03/04/2027") == "on 03/04/2027: 2027-03-04T00:00 .. 2027-03-05T00:00 day");
    BOOST_TEST(found_in("приеду 03/04/2027") == "03/04/2027: 2027-04-03T00:00 .. 2027-04-04T00:00 day");
    BOOST_TEST(found_in("on 03.04.2027") == "on 03.04.2027: 2027-04-03T00:00 .. 2027-04-04T00:00 day");
    const Options day_first{.order = DayMonthOrder::kDayFirst};
    BOOST_TEST(found_in("on 03/04/2027", day_first) ==
               "on 03/04/2027: 2027-04-03T00:00 .. 2027-04-04T00:00 day");
    BOOST_TEST(found_in("on 03/25/2027", day_first) ==
               "on 03/25/2027: 2027-03-25T00:00 .. 2027-03-26T00:00 day");
    const Options month_first{.order = DayMonthOrder::kMonthFirst};
    BOOST_TEST(found_in("приеду 03/04/2027", month_first) ==
               "03/04/2027: 2027-03-04T00:00 .. 2027-03-05T00:00 day");
}

BOOST_AUTO_TEST_CASE(who_tells_of_the_past_means_the_last_one) {
    const Options past{.looks_back = true};
    BOOST_TEST(found_in("We met on Friday", past) == "on Friday: 2026-11-20T00:00 .. 2026-11-21T00:00 day");
    BOOST_TEST(found_in("It was on 3 May", past) == "on 3 May: 2026-05-03T00:00 .. 2026-05-04T00:00 day");
    BOOST_TEST(found_in("Она родилась в мае", past) == "в мае: 2026-05-01T00:00 .. 2026-06-01T00:00 month");
    BOOST_TEST(found_in("I got up at 7", past) == "at 7: 2026-11-24T07:00 .. 2026-11-24T08:00 hour");
    BOOST_TEST(found_in("at 11 pm", past) == "at 11 pm: 2026-11-23T23:00 .. 2026-11-24T00:00 hour");
}

BOOST_AUTO_TEST_CASE(a_time_elsewhere_is_told_by_the_clock_here) {
    const Options here{.utc_offset = 3h};
    BOOST_TEST(found_in("tomorrow at 9:00 GMT", here) ==
               "tomorrow at 9:00 GMT: 2026-11-25T12:00 .. 2026-11-25T12:01 minute");
    BOOST_TEST(found_in("tomorrow at 9:00 GMT") ==
               "tomorrow at 9:00 GMT: 2026-11-25T09:00 .. 2026-11-25T09:01 minute");
}

// However often it is said, each is found, at its place; whatever bytes stand between.
BOOST_AUTO_TEST_CASE(dates_are_found_however_long_the_text) {
    std::string text;
    for (int copies = 0; copies < 500; ++copies) text += "Мы встретились on Friday. ";
    const std::vector<Mention> found = find_dates(text, kNow);
    BOOST_TEST(found.size() == 500U);
    for (const Mention& mention : found) BOOST_TEST(mention.words == "on Friday");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf_8_end_the_text) {
    BOOST_TEST(found_in("tomorrow \xff and on Friday") ==
               "tomorrow: 2026-11-25T00:00 .. 2026-11-26T00:00 day");
    for (int byte = 0; byte < 256; ++byte)
        for (const char* text : {"on Friday", "в пятницу", "15:30"}) {
            std::string mixed{text};
            for (std::size_t at = 0; at <= mixed.size(); ++at)
                find_dates(std::string{mixed}.insert(at, 1, static_cast<char>(byte)), kNow);
        }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::dates
