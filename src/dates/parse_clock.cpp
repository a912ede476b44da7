// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "dates/parser.h"

namespace arq::dates {

// "15:30", "15:30:20", "15h30", "19h", "17ч10".
std::size_t Parser::read_digital(std::size_t at, ClockTime& clock) const {
    const Token& hour = tokens_[at];
    if (!tokens_.is_number(at) || hour.digits > 2 || hour.value > 24) return 0;
    if (hour.is_glued && at > 0 &&
        (tokens_[at - 1].mark == ':' || tokens_[at - 1].mark == '.' || tokens_[at - 1].mark == ','))
        if (at > 1 && tokens_.is_number(at - 2) && tokens_[at - 1].mark != '.') return 0;
    ClockTime read{.hour = hour.value,
                   .is_ambiguous = hour.value >= 1 && hour.value <= 12 && !is_russian_ &&
                                   (hour.digits == 1 || hour.value >= 10)};
    std::size_t next = at + 1;
    if (tokens_.is_word(next, {"h", "ч"}) && tokens_[next].is_glued) {
        ++next;
        if (tokens_.is_glued_number(next)) {
            if (tokens_[next].digits != 2 || tokens_[next].value > 59) return 0;
            read.minute = tokens_[next++].value;
            read.grain = Grain::kMinute;
        }
        // 24-hour clocks are written so: "3h18" is at night.
        read.is_ambiguous = false;
        clock = read;
        return next;
    }
    // "at 9.30", «с 9-00»: only where nothing else can be meant
    const char mark = tokens_[next].is_glued ? tokens_[next].mark : '\0';
    if (!tokens_.is_glued_number(next + 1)) return 0;
    const Token& minute = tokens_[next + 1];
    if (mark == '.' || mark == '-') {
        const bool is_at = is_led_by(at, {"at", "в"});
        const bool is_led = is_at || is_led_by(at, {"с", "до", "к", "from", "until", "till", "to"});
        if (!is_led || minute.digits != 2 || minute.value % 5 != 0 || counts_something(next + 2) ||
            (tokens_.is_glued_mark(next + 2, mark) && tokens_.is_glued_number(next + 3)))
            return 0;
        if (minute.value > 0 && minute.value <= 12 && !is_at) return 0;
    } else if (mark != ':') {
        return 0;
    }
    if (minute.digits != 2 || minute.value > 59) return 0;
    read.minute = minute.value;
    read.grain = Grain::kMinute;
    next += 2;
    if (tokens_.is_glued_mark(next, ':') && tokens_.is_glued_number(next + 1)) {
        const Token& second = tokens_[next + 1];
        if (second.digits != 2 || second.value > 59) return 0;
        read.second = second.value;
        read.grain = Grain::kSecond;
        next += 2;
    }
    if (read.hour == 24 && (read.minute > 0 || read.second > 0)) return 0;
    if (tokens_.is_word(next, "ч") && tokens_[next].is_glued) ++next;
    clock = read;
    return next;
}

// "am", "p.m.", "a m", "in the evening" (which read_part() reads), «утра».
std::size_t Parser::read_meridiem(std::size_t at, Fields& fields) const {
    std::size_t next = at;
    if (tokens_.is_word(next, {"oclock"})) ++next;
    if (tokens_.is_word(next, {"ish", "approximately"})) ++next;
    if (const std::size_t behind = tokens_.skip(next, "o clock")) next = behind;
    int part = -1;
    if (const Meaning* meridiem = tokens_.meaning(next, Kind::kMeridiem)) {
        part = meridiem->value;
        ++next;
    } else if (tokens_.is_word(next, {"a", "p"})) {
        const bool is_morning = tokens_.is_word(next, "a");
        std::size_t behind = next + 1;
        if (tokens_.is_glued_mark(behind, '.')) ++behind;
        if (tokens_.is_word(behind, "m"))
            ++behind;
        else if (!tokens_[next].is_glued)
            return 0;  // "at 5 a friend comes"
        part = is_morning ? kMorning : kAfternoon;
        next = behind;
        if (tokens_.is_glued_mark(next, '.') && tokens_[next - 1].size_bytes == 1) ++next;
    }
    if (part < 0) return 0;
    if (!fields.clock || fields.clock->hour > 12 || fields.clock->hour == 0) {
        // "15:00 pm" is said, "14PM" isn't a time.
        if (!fields.clock || fields.clock->grain == Grain::kHour) return 0;
        return next;
    }
    fields.clock->is_ambiguous = true;
    Fields copy;
    copy.part = part;
    // Settled at once: "5 pm" is no afternoon, and another part of the day may stand beside it.
    int& hour = fields.clock->hour;
    if (part == kMorning)
        hour %= 12;
    else if (part == kNight)
        hour = hour == 12 ? 0 : (hour >= 6 ? hour + 12 : hour);
    else if (part == kEvening)
        hour = hour == 12 ? 24 : hour + 12;
    else
        hour = hour % 12 + 12;
    fields.clock->is_ambiguous = false;
    return next;
}

std::size_t Parser::read_zone(std::size_t at, Fields& fields) const {
    std::size_t next = at;
    const bool is_enclosed = tokens_.is_mark(next, '(');
    if (is_enclosed) ++next;
    if (tokens_.is_word(next, "по")) ++next;
    const Meaning* zone = tokens_.meaning(next, Kind::kZone);
    if (zone == nullptr && next > at && tokens_.is_word(next, "москве")) {
        fields.zone_minutes = 180;
        return next + 1;
    }
    if (zone == nullptr) return 0;
    ++next;
    if (is_enclosed) {
        if (!tokens_.is_mark(next, ')')) return 0;
        ++next;
    }
    fields.zone_minutes = zone->value;
    return next;
}

// "half past three", "20 to noon", «половина пятого», «без четверти пять», «десять минут пятого».
std::size_t Parser::read_past_hour(std::size_t at, Fields& fields) const {
    const auto take = [&](int hour, int minute) {
        const int total = ((hour * 60 + minute) % (24 * 60) + 24 * 60) % (24 * 60);
        const int shown = total / 60 == 0 && hour <= 12 && hour > 0 ? 12 : total / 60;
        fields.clock = ClockTime{.hour = shown,
                                 .minute = total % 60,
                                 .grain = Grain::kMinute,
                                 .is_ambiguous = shown >= 1 && shown <= 12};
        fields.is_strong = true;
    };
    std::size_t next = at;
    if (is_russian_) {
        int minute = 0;
        // «полпятого» is one word
        constexpr std::string_view kHalf = "пол";
        const std::string& word = tokens_[at].text;
        if (word.starts_with(kHalf) && word.size() > kHalf.size() && word.ends_with("го")) {
            const Meanings rest = find_meanings(std::string_view{word}.substr(kHalf.size()));
            const Meaning* hour = rest.of(Kind::kOrdinal);
            if (hour == nullptr || hour->value > 12) return 0;
            take(hour->value == 1 ? 12 : hour->value - 1, 30);
            return at + 1;
        }
        if (tokens_.is_word(at, "без")) {
            std::optional<Count> minutes = read_cardinal(tokens_, at + 1);
            if (!minutes && tokens_.is_word(at + 1, "четверти")) minutes = Count{15, at + 2};
            if (!minutes || minutes->value < 1 || minutes->value > 30) return 0;
            next = minutes->next;
            if (tokens_.is_word(next, {"минут", "минуты", "мин"})) ++next;
            std::optional<Count> hour = read_cardinal(tokens_, next);
            if (!hour && tokens_.is_word(next, "час")) hour = Count{1, next + 1};
            if (!hour || hour->value < 1 || hour->value > 24) return 0;
            take(hour->value == 1 ? 13 : hour->value, -minutes->value);
            if (hour->value == 1) fields.clock->is_ambiguous = fields.clock->hour == 12;
            next = hour->next;
            return tokens_.is_word(next, {"часов", "часа"}) ? next + 1 : next;
        }
        if (tokens_.is_word(at, {"половина", "половине", "половины", "половину"})) {
            minute = 30;
            ++next;
        } else if (tokens_.is_word(at, {"четверть"})) {
            minute = 15;
            ++next;
        } else if (const auto minutes = read_cardinal(tokens_, at)) {
            if (!tokens_.is_word(minutes->next, {"минут", "минуты", "минута"}) || minutes->value > 59)
                return 0;
            minute = minutes->value;
            next = minutes->next + 1;
        } else {
            return 0;
        }
        const Meaning* hour = tokens_.meaning(next, Kind::kOrdinal);
        if (hour == nullptr || hour->value > 12 || !tokens_[next].text.ends_with("го")) return 0;
        take(hour->value == 1 ? 12 : hour->value - 1, minute);
        return next + 1;
    }
    if (tokens_.is_word(next, "a")) ++next;
    int minute = 0;
    bool has_unit = true;
    if (tokens_.is_word(next, "half") && tokens_.is_word(next + 1, {"past", "after"})) {
        minute = 30;
        ++next;
    } else if (tokens_.is_word(next, "quarter")) {
        minute = 15;
        ++next;
    } else if (const auto minutes = read_cardinal(tokens_, next); minutes && next == at) {
        if (minutes->value < 1 || minutes->value > 59) return 0;
        minute = minutes->value;
        next = minutes->next;
        has_unit = tokens_.is_word(next, {"minutes", "minute", "mins", "min"});
        if (has_unit) ++next;
    } else {
        return 0;
    }
    const bool is_past = tokens_.is_word(next, {"past", "after", "from"});
    const bool is_before = tokens_.is_word(next, {"to", "till", "before", "of"});
    if ((!is_past && !is_before) || (tokens_.is_word(next, {"after", "before", "from", "of"}) && !has_unit))
        return 0;
    const bool is_to = tokens_.is_word(next, "to");
    ++next;
    int hour = 0;
    if (const Meaning* named = tokens_.meaning(next, Kind::kClock)) {
        hour = named->value == 0 ? 24 : named->value;
        ++next;
        take(hour, is_past ? minute : -minute);
        fields.clock->is_ambiguous = false;
        return next;
    }
    const auto value = read_cardinal(tokens_, next);
    if (!value || value->value < 1 || value->value > 24 || tokens_.is_glued_mark(value->next, ':')) return 0;
    // "from 5 to 7", "10 to 12 people": of ranges there are more than of such times.
    if (!has_unit && is_to && (minute % 5 != 0 || minute > 25 || !is_led_by(at, {"at", "by"}))) return 0;
    next = value->next;
    take(value->value == 1 && is_before ? 13 : value->value, is_past ? minute : -minute);
    if (value->value == 1 && is_before) fields.clock->is_ambiguous = true;
    return next;
}

// "3 pm", "at 3", "nine fifty nine a m", «в 15 часов», «8 вечера».
std::size_t Parser::read_hour(std::size_t at, Fields& fields) const {
    if (const Meaning* named = tokens_.meaning(at, Kind::kClock)) {
        fields.clock = ClockTime{.hour = named->value};
        fields.is_strong = true;
        return at + 1;
    }
    // «в час дня»
    const bool is_one = is_russian_ && tokens_.is_word(at, {"час", "часу", "часа"});
    std::optional<Count> hour = is_one ? std::optional{Count{1, at}} : read_cardinal(tokens_, at);
    if (!hour) return 0;
    std::size_t next = hour->next;
    ClockTime clock{.hour = hour->value};
    // "330 p.m.", "at 150ish"
    const bool is_packed = hour->is_digits && (tokens_[at].digits == 3 || tokens_[at].digits == 4);
    if (is_packed) {
        clock = {.hour = hour->value / 100, .minute = hour->value % 100, .grain = Grain::kMinute};
        if (clock.minute > 59) return 0;
    } else if (hour->is_digits && tokens_[at].digits > 2) {
        return 0;
    }
    if (clock.hour > 24 ||
        (hour->is_digits && at > 0 && tokens_[at].is_glued && tokens_[at - 1].mark != '-' &&
         tokens_[at - 1].mark != '@' && tokens_[at - 1].mark != '(' && tokens_[at - 1].mark != '~' &&
         tokens_[at - 1].mark != '/'))
        return 0;
    clock.is_ambiguous = clock.hour >= 1 && clock.hour <= 12 &&
                         !(hour->is_digits && tokens_[at].value < 10 && tokens_[at].digits == 2);
    const bool is_at = (at > 0 && tokens_[at - 1].mark == '@') || is_led_by(at, {"at", "в", "во", "к", "by"});
    const bool is_bound =
        is_led_by(at, {"before", "after", "until", "till", "since", "through", "than", "до", "после", "с"});
    // "three twenty", "at 3 15"
    if (!is_packed && !is_one) {
        const auto minute = read_cardinal(tokens_, next);
        const bool fits = minute && minute->value >= 10 && minute->value <= 59 && !tokens_[next].is_glued;
        if (fits && minute->is_digits == hour->is_digits &&
            (hour->is_digits ? is_at && tokens_[next].digits == 2 && !is_russian_ : is_at || !is_russian_)) {
            Fields trial;
            trial.clock = clock;
            if (read_meridiem(minute->next, trial) > 0 || (is_at && !counts_something(minute->next))) {
                clock.minute = minute->value;
                clock.grain = Grain::kMinute;
                next = minute->next;
            }
        }
    }
    fields.clock = clock;
    if (is_russian_) {
        const bool has_unit = tokens_.is_word(next, {"час", "часа", "часов", "часам", "ч", "часу"});
        if (has_unit) {
            ++next;
            if (const auto minute = read_cardinal(tokens_, next);
                minute && minute->value < 60 &&
                tokens_.is_word(minute->next, {"минут", "минуты", "минута", "мин"})) {
                fields.clock->minute = minute->value;
                fields.clock->grain = Grain::kMinute;
                next = minute->next + 1;
            }
        }
        if (tokens_.meaning(next, Kind::kMeridiem) != nullptr &&
            (has_unit || !tokens_.is_word(next, "дня") || is_at || is_bound)) {
            if (const std::size_t behind = read_meridiem(next, fields)) {
                fields.is_strong = true;
                return behind;
            }
        }
        if (has_unit && !is_one && !is_led_by(at, {"через", "за", "на"}) && next <= at + 5) {
            const bool is_sure = is_at || is_bound || fields.clock->grain == Grain::kMinute;
            // «3 часа» alone answers the question when; within a text it is a duration.
            fields.is_strong = fields.is_strong || is_sure;
            return next;
        }
        // «встретимся в час», but not «100 км в час»
        const bool is_rate =
            at >= 2 &&
            (tokens_[at - 2].text.starts_with("раз") || tokens_[at - 2].text.starts_with("руб") ||
             (at >= 3 && (tokens_.is_number(at - 3) || tokens_.meaning(at - 3, Kind::kNumber) != nullptr)));
        if (is_one && is_led_by(at, {"в"}) && tokens_.is_word(at, "час") && (!is_rate || fields.has_date()) &&
            (next + 1 >= tokens_.size() || tokens_[next + 1].type == Token::Type::kMark) && next == at) {
            fields.clock->is_ambiguous = true;
            fields.is_strong = true;
            return at + 1;
        }
        if (is_one || has_unit) return 0;
    } else {
        const bool has_oclock = tokens_.is_word(next, "oclock") || tokens_.skip(next, "o clock") > 0;
        if (const std::size_t behind = read_meridiem(next, fields)) {
            fields.is_strong = true;
            return behind;
        }
        if (has_oclock && !is_packed) {
            fields.is_strong = true;
            return tokens_.is_word(next, "oclock") ? next + 1 : next + 2;
        }
    }
    if (tokens_.is_word(next, "ish") && tokens_[next].is_glued && is_at) {
        fields.is_strong = true;
        return next + 1;
    }
    // "8 tonight", "at 730 in the evening": the part of the day makes it an hour.
    Fields part;
    std::size_t behind = next;
    if (tokens_.is_word(behind, "in")) ++behind;
    if (!is_russian_ && clock.hour <= 12 &&
        (read_part(behind, part) > 0 || tokens_.is_word(next, "tonight"))) {
        fields.is_strong = true;
        return next;
    }
    if (is_packed) return 0;
    const bool is_first = at == 0 && tokens_.meaning(next, Kind::kDay) != nullptr;
    if (is_first) return next;
    if (!is_at && !is_bound) return 0;
    if (counts_something(next)) return 0;
    if (is_at) {
        // "I'm at 10", «это в 10»: that is a score.
        const std::size_t lead = at - 1;
        if (lead > 0 && tokens_.is_word(lead - 1, {"im", "am", "youre", "hes", "shes", "theyre", "это"}))
            return 0;
        // "By 5" is an amount as often as an hour, and «к 5» no less.
        if (tokens_.is_word(lead, {"by"}) && next < tokens_.size() && !fields.has_date()) return 0;
    } else if (!fields.has_date() && !is_led_by(at, {"until", "till", "после"}) && next < tokens_.size()) {
        return 0;
    }
    fields.is_strong = true;
    return next;
}

std::size_t Parser::read_clock(std::size_t at, Fields& fields) const {
    if (fields.clock || fields.is_exact || (fields.part && *fields.part >= kAfterLunch)) return 0;
    Fields copy = fields;
    std::size_t next = read_past_hour(at, copy);
    ClockTime clock;
    if (next > 0) {
        if (const std::size_t behind = read_meridiem(next, copy)) next = behind;
    } else if ((next = read_digital(at, clock)) > 0) {
        copy.clock = clock;
        copy.is_strong = true;
        if (const std::size_t behind = read_meridiem(next, copy)) next = behind;
        if (tokens_.is_word(next, "ish")) ++next;
    } else if ((next = read_hour(at, copy)) == 0) {
        return 0;
    }
    if (tokens_.is_word(next, {"approximately", "sharp", "ровно"})) ++next;
    if (const std::size_t behind = read_zone(next, copy)) next = behind;
    fields = copy;
    return next;
}

// "in the morning", "this evening", "last night", "early morning", "after lunch", «вечером», «этим утром».
std::size_t Parser::read_part(std::size_t at, Fields& fields) const {
    if (fields.part || fields.is_exact) return 0;
    for (const auto& [words, part] :
         {std::pair{"after lunch", kAfterLunch}, std::pair{"after school", kAfterSchool},
          std::pair{"after work", kAfterWork}, std::pair{"после обеда", kAfterLunch},
          std::pair{"после школы", kAfterSchool}, std::pair{"после работы", kAfterWork}})
        if (const std::size_t behind = tokens_.skip(at, words); behind > 0 && !fields.clock) {
            fields.part = part;
            fields.is_strong = true;
            return behind;
        }
    std::size_t start = at;
    const std::optional<Count> turn = read_turn(at);
    if (turn) start = turn->next;
    if (tokens_.is_word(start, "the")) ++start;
    const bool is_early = tokens_.is_word(start, {"early", "рано"});
    const bool is_late = tokens_.is_word(start, {"late", "поздно"});
    if (is_early || is_late) ++start;
    const Meaning* part = tokens_.meaning(start, Kind::kPart);
    if (part == nullptr) return 0;
    // «добрым утром»
    if (is_russian_ && at > 0 && tokens_[at - 1].text.starts_with("добр")) return 0;
    const bool has_date = fields.has_date() || fields.clock || tokens_.is_word(start + 1, "of");
    const bool is_adverb = tokens_.is_word(start, {"утром", "днем", "вечером", "ночью"});
    if (turn) {
        if (turn->value > 0 || turn->value < -1 || fields.has_date() || tokens_.is_word(start + 1, "of"))
            return 0;
        const Instant today = day_of(reference_.now);
        // Last night, in Russian, is what is over this morning.
        const bool is_todays = part->value == kNight;
        fields.frame = unit_at(today + Days{is_todays ? 0 : turn->value}, Grain::kDay);
    } else if (is_russian_ ? !has_date && !is_adverb && !has_lead(at)
                           : !has_date && !is_led_by(start, {"in", "at"})) {
        return 0;
    }
    // "At night", «к утру» without a day are of any day.
    if (turn || fields.has_date() || fields.clock || is_adverb || is_led_by(start, {"in"}))
        fields.is_strong = true;
    fields.part = part->value;
    if (is_early && part->value == kMorning) fields.part = kEarlyMorning;
    if (is_late && part->value == kEvening) fields.part = kLateNight;
    return start + 1;
}

}  // namespace arq::dates
