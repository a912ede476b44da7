// SPDX-License-Identifier: MIT
//
// The other way round: a time in the words of somebody who says it now.
#include <array>
#include <cstdlib>
#include <string_view>

#include "dates/span.h"

namespace arq::dates {
namespace {

using std::chrono::year_month_day;
using util::Language;

constexpr std::string_view kEnglishMonths[] = {"January",   "February", "March",    "April",
                                               "May",       "June",     "July",     "August",
                                               "September", "October",  "November", "December"};
constexpr std::string_view kRussianMonthsOf[] = {"января",   "февраля", "марта",  "апреля",
                                                 "мая",      "июня",    "июля",   "августа",
                                                 "сентября", "октября", "ноября", "декабря"};
constexpr std::string_view kRussianMonthsIn[] = {"январе",   "феврале", "марте",  "апреле",
                                                 "мае",      "июне",    "июле",   "августе",
                                                 "сентябре", "октябре", "ноябре", "декабре"};
constexpr std::string_view kEnglishWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                 "Friday", "Saturday", "Sunday"};

struct RussianWeekday {
    std::string_view with_preposition;
    std::string_view accusative;
    int gender;  // 0 masculine, 1 feminine, 2 neuter
};
constexpr RussianWeekday kRussianWeekdays[] = {
    {"в понедельник", "понедельник", 0}, {"во вторник", "вторник", 0}, {"в среду", "среду", 1},
    {"в четверг", "четверг", 0},         {"в пятницу", "пятницу", 1},  {"в субботу", "субботу", 1},
    {"в воскресенье", "воскресенье", 2},
};
constexpr std::string_view kNext[] = {"в следующий ", "в следующую ", "в следующее "};
constexpr std::string_view kLast[] = {"в прошлый ", "в прошлую ", "в прошлое "};

// Units as Russian counts them: 1, 2 to 4, 5 and more.
struct RussianUnit {
    std::string_view one, few, many;
};

std::string_view plural(int count, const RussianUnit& unit) {
    const int tens = count % 100;
    const int ones = count % 10;
    if (tens >= 11 && tens <= 14) return unit.many;
    if (ones == 1) return unit.one;
    return ones >= 2 && ones <= 4 ? unit.few : unit.many;
}

std::string_view name_of(Grain unit) {
    switch (unit) {
        case Grain::kMinute:
            return "minute";
        case Grain::kHour:
            return "hour";
        case Grain::kDay:
            return "day";
        case Grain::kWeek:
            return "week";
        case Grain::kMonth:
            return "month";
        case Grain::kYear:
            return "year";
        default:
            return model::grain_name(unit);
    }
}

RussianUnit russian_name_of(Grain unit) {
    switch (unit) {
        case Grain::kSecond:
            return {"секунду", "секунды", "секунд"};
        case Grain::kMinute:
            return {"минуту", "минуты", "минут"};
        case Grain::kHour:
            return {"час", "часа", "часов"};
        case Grain::kDay:
            return {"день", "дня", "дней"};
        case Grain::kWeek:
            return {"неделю", "недели", "недель"};
        case Grain::kMonth:
            return {"месяц", "месяца", "месяцев"};
        case Grain::kQuarter:
            return {"квартал", "квартала", "кварталов"};
        case Grain::kYear:
            return {"год", "года", "лет"};
    }
    return {};
}

int month_index(const year_month_day& date) {
    return static_cast<int>(static_cast<unsigned>(date.month())) - 1;
}
int year_of(const year_month_day& date) {
    return static_cast<int>(date.year());
}

class Speaker {
public:
    Speaker(Instant now, bool is_russian)
        : now_(now), today_(day_of(now)), this_week_(floor_to(now, Grain::kWeek)), is_russian_(is_russian) {}

    std::string point(Instant time, Grain grain) const {
        switch (grain) {
            case Grain::kSecond:
            case Grain::kMinute:
            case Grain::kHour:
                return moment(time);
            case Grain::kDay:
                return day(day_of(time));
            case Grain::kWeek:
                return turned(steps(time, Grain::kWeek), Grain::kWeek, day(day_of(time)));
            case Grain::kMonth:
                return turned(steps(time, Grain::kMonth), Grain::kMonth, month(time));
            case Grain::kQuarter:
                return turned(steps(time, Grain::kQuarter), Grain::kQuarter, month(time));
            case Grain::kYear:
                return turned(steps(time, Grain::kYear), Grain::kYear, year(time));
        }
        return {};
    }

    // What stands behind "since" and "until", without the preposition of a point.
    std::string bound(Instant time, Grain grain) const {
        if (grain < Grain::kDay) return date_in_full(day_of(time)) + " " + clock(time);
        if (grain <= Grain::kWeek) return date_in_full(day_of(time));
        const year_month_day date = date_of(time);
        const std::string of_year = " " + std::to_string(year_of(date));
        if (grain == Grain::kYear) return std::to_string(year_of(date)) + (is_russian_ ? " года" : "");
        return std::string{is_russian_ ? kRussianMonthsOf[month_index(date)]
                                       : kEnglishMonths[month_index(date)]} +
               of_year + (is_russian_ ? " года" : "");
    }

    // "tomorrow from 17:00 to 19:00", "from 13 to 15 July"; `last` is the end of a time, the last unit of all
    // else.
    std::string range(Instant begin, Instant last, Grain grain) const {
        const std::string from = is_russian_ ? "с " : "from ";
        const bool is_clock = grain < Grain::kDay;
        const std::string to = is_russian_ ? (is_clock ? " до " : " по ") : " to ";
        if (is_clock && day_of(begin) == day_of(last - Seconds{1}))
            return day(day_of(begin)) + " " + from + clock(begin) + to + clock(last);
        std::string first = bound(begin, grain);
        if (grain == Grain::kDay && floor_to(begin, Grain::kMonth) == floor_to(last, Grain::kMonth))
            first = std::to_string(static_cast<unsigned>(date_of(begin).day()));
        return from + first + to + bound(last, grain);
    }

private:
    std::string in(int count, Grain unit) const {
        const int number = std::abs(count);
        std::string words;
        if (is_russian_) {
            words = number == 1 ? "" : std::to_string(number) + " ";
            words += plural(number, russian_name_of(unit));
            return count > 0 ? "через " + words : words + " назад";
        }
        const std::string_view article = unit == Grain::kHour ? "an " : "a ";
        words = number == 1 ? std::string{article} : std::to_string(number) + " ";
        words += name_of(unit);
        if (number != 1) words += "s";
        return count > 0 ? "in " + words : words + " ago";
    }

    static std::string clock(Instant time) {
        const auto seconds = (time - day_of(time)).count();
        const auto two = [](auto number) {
            return (number < 10 ? "0" : "") + std::to_string(static_cast<int>(number));
        };
        return two(seconds / 3600) + ":" + two(seconds / 60 % 60);
    }

    std::string moment(Instant time) const {
        const auto distance = time - now_;
        const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(distance).count();
        if (std::abs(distance.count()) < 60) return is_russian_ ? "сейчас" : "now";
        if (std::abs(minutes) < 60) return in(static_cast<int>(minutes), Grain::kMinute);
        return day(day_of(time)) + (is_russian_ ? " в " : " at ") + clock(time);
    }

    std::string day(LocalDays day) const {
        const int ahead = static_cast<int>((day - today_).count());
        constexpr std::array<std::string_view, 5> kEnglish{"the day before yesterday", "yesterday", "today",
                                                           "tomorrow", "the day after tomorrow"};
        constexpr std::array<std::string_view, 5> kRussian{"позавчера", "вчера", "сегодня", "завтра",
                                                           "послезавтра"};
        if (std::abs(ahead) <= 2) {
            const auto at = static_cast<std::size_t>(ahead + 2);
            return std::string{is_russian_ ? kRussian[at] : kEnglish[at]};
        }
        const int weekday = weekday_of(day);
        const int weeks = static_cast<int>((floor_to(day, Grain::kWeek) - this_week_) / Days{7});
        const int until_week = 6;
        if (ahead > 0 && ahead <= until_week && weeks == 0) return on_weekday(weekday, 0);
        if (ahead > 0 && weeks == 1)
            return ahead <= until_week ? in(ahead, Grain::kDay) : on_weekday(weekday, 1);
        if (ahead < 0 && ahead >= -until_week) return on_weekday(weekday, -1);
        if (std::abs(ahead) < 30) return in(ahead, Grain::kDay);
        return (is_russian_ ? "" : "on ") + date_in_full(day);
    }

    std::string on_weekday(int weekday, int turn) const {
        if (is_russian_) {
            const RussianWeekday& name = kRussianWeekdays[weekday];
            if (turn == 0) return std::string{name.with_preposition};
            return std::string{turn > 0 ? kNext[name.gender] : kLast[name.gender]} +
                   std::string{name.accusative};
        }
        const std::string name{kEnglishWeekdays[weekday]};
        if (turn == 0) return "on " + name;
        return (turn > 0 ? "next " : "last ") + name;
    }

    std::string date_in_full(LocalDays day) const {
        const year_month_day date{day};
        const std::string number = std::to_string(static_cast<unsigned>(date.day()));
        std::string words = number + " ";
        words += is_russian_ ? kRussianMonthsOf[month_index(date)] : kEnglishMonths[month_index(date)];
        if (year_of(date) != year_of(date_of(now_))) {
            words += " " + std::to_string(year_of(date));
            if (is_russian_) words += " года";
        }
        return words;
    }

    int steps(Instant time, Grain grain) const {
        const year_month_day there = date_of(time);
        const year_month_day here = date_of(now_);
        const int months = (year_of(there) - year_of(here)) * 12 + month_index(there) - month_index(here);
        switch (grain) {
            case Grain::kWeek:
                return static_cast<int>((floor_to(time, Grain::kWeek) - this_week_) / Days{7});
            case Grain::kMonth:
                return months;
            case Grain::kQuarter:
                return (year_of(there) - year_of(here)) * 4 + month_index(there) / 3 - month_index(here) / 3;
            default:
                return year_of(there) - year_of(here);
        }
    }

    // "last week", "this month", «в следующем году»; else in its own words.
    std::string turned(int step, Grain unit, const std::string& otherwise) const {
        if (std::abs(step) > 1) {
            if (unit == Grain::kWeek && std::abs(step) <= 4) return in(step, unit);
            return otherwise;
        }
        const auto at = static_cast<std::size_t>(step + 1);
        if (!is_russian_) {
            constexpr std::array<std::string_view, 3> kTurns{"last ", "this ", "next "};
            return std::string{kTurns[at]} + std::string{name_of(unit)};
        }
        constexpr std::array<std::string_view, 3> kWeek{"на прошлой неделе", "на этой неделе",
                                                        "на следующей неделе"};
        constexpr std::array<std::string_view, 3> kMasculine{"в прошлом ", "в этом ", "в следующем "};
        if (unit == Grain::kWeek) return std::string{kWeek[at]};
        const std::string_view name =
            unit == Grain::kMonth ? "месяце" : (unit == Grain::kQuarter ? "квартале" : "году");
        return std::string{kMasculine[at]} + std::string{name};
    }

    std::string month(Instant time) const {
        const year_month_day date = date_of(time);
        std::string words = is_russian_ ? "в " : "in ";
        words += is_russian_ ? kRussianMonthsIn[month_index(date)] : kEnglishMonths[month_index(date)];
        if (year_of(date) != year_of(date_of(now_)))
            words += " " + std::to_string(year_of(date)) + (is_russian_ ? " года" : "");
        return words;
    }

    std::string year(Instant time) const {
        const std::string number = std::to_string(year_of(date_of(time)));
        return is_russian_ ? "в " + number + " году" : "in " + number;
    }

    Instant now_;
    LocalDays today_;
    Instant this_week_;
    bool is_russian_;
};

}  // namespace

std::string speak_relatively(std::optional<LocalTime> from, std::optional<LocalTime> to, model::Grain grain,
                             LocalTime now, util::Language language) {
    const bool is_russian = language == Language::kRussian;
    const Speaker speaker{std::chrono::floor<Seconds>(now), is_russian};
    const auto instant = [](LocalTime time) { return std::chrono::floor<Seconds>(time); };
    if (!from && !to) return {};
    if (!to) return (is_russian ? "с " : "since ") + speaker.bound(instant(*from), grain);
    if (!from) return (is_russian ? "до " : "until ") + speaker.bound(instant(*to), grain);
    const Instant begin = instant(*from);
    // The last unit that belongs to it.
    const bool is_clock = grain < Grain::kDay;
    const Instant last = is_clock ? instant(*to) : add(instant(*to), -1, grain);
    if (is_clock ? last <= add(begin, 1, grain) : last <= begin) return speaker.point(begin, grain);
    return speaker.range(begin, last, grain);
}

}  // namespace arq::dates
