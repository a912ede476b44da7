// SPDX-License-Identifier: MIT
#include "dates/holidays.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "dates/holiday_rules.h"

namespace arq::dates {
namespace {

struct Holiday {
    std::string_view names;  // folded, without apostrophes and hyphens, separated by "|"
    HolidayRule rule;
};

constexpr int kMonday = 0;
constexpr int kThursday = 3;
constexpr int kSaturday = 5;
constexpr int kSunday = 6;

constexpr auto kHolidays = std::to_array<Holiday>({
    // clang-format off
    Holiday{"christmas|christmas day|xmas|xmas day", {Rule::kFixed, 12, 25}},
    Holiday{"рождество|рождества|рождеству|рождеством", {Rule::kFixed, 1, 7}},
    Holiday{"christmas eve|xmas eve", {Rule::kFixed, 12, 24}},
    Holiday{"boxing day", {Rule::kFixed, 12, 26}},
    Holiday{"new year|new years|new years day|new year day|новый год|новым годом|нового года|новому году", {Rule::kFixed, 1, 1}},
    Holiday{"new years eve|new year eve|канун нового года", {Rule::kFixed, 12, 31}},
    Holiday{"старый новый год", {Rule::kFixed, 1, 14}},
    Holiday{"epiphany", {Rule::kFixed, 1, 6}},
    Holiday{"крещение", {Rule::kFixed, 1, 19}},
    Holiday{"groundhog day|groundhogs day", {Rule::kFixed, 2, 2}},
    Holiday{"valentine day|valentines day|день святого валентина", {Rule::kFixed, 2, 14}},
    Holiday{"день защитника отечества|дня защитника отечества", {Rule::kFixed, 2, 23}},
    Holiday{"womens day|international womens day|женский день|международный женский день", {Rule::kFixed, 3, 8}},
    Holiday{"st patricks day|saint patricks day|st paddys day|saint paddys day|st pattys day", {Rule::kFixed, 3, 17}},
    Holiday{"april fools|april fools day|день смеха", {Rule::kFixed, 4, 1}},
    Holiday{"siblings day|sibling day|national sibling day|national siblings day", {Rule::kFixed, 4, 10}},
    Holiday{"день космонавтики", {Rule::kFixed, 4, 12}},
    Holiday{"earth day", {Rule::kFixed, 4, 22}},
    Holiday{"may day|labour day|international workers day|loyalty day|law day|lei day|день труда", {Rule::kFixed, 5, 1}},
    Holiday{"victory day|день победы|дня победы|дню победы", {Rule::kFixed, 5, 9}},
    Holiday{"kings day|koningsdag|king day", {Rule::kFixed, 4, 27}},
    Holiday{"flag day", {Rule::kFixed, 6, 14}},
    Holiday{"juneteenth", {Rule::kFixed, 6, 19}},
    Holiday{"russia day|день россии|дня россии", {Rule::kFixed, 6, 12}},
    Holiday{"canada day", {Rule::kFixed, 7, 1}},
    Holiday{"independence day|4th of july|fourth of july", {Rule::kFixed, 7, 4}},
    Holiday{"bastille day", {Rule::kFixed, 7, 14}},
    Holiday{"день знаний|дню знаний", {Rule::kFixed, 9, 1}},
    Holiday{"halloween|halloween day|hallowe en|хэллоуин|хеллоуин", {Rule::kFixed, 10, 31}},
    Holiday{"all saints day", {Rule::kFixed, 11, 1}},
    Holiday{"день народного единства", {Rule::kFixed, 11, 4}},
    Holiday{"veterans day|veteran day|armistice day|remembrance day", {Rule::kFixed, 11, 11}},
    Holiday{"день конституции", {Rule::kFixed, 12, 12}},
    Holiday{"st nicholas day|saint nicholas day", {Rule::kFixed, 12, 6}},
    Holiday{"martin luther king day|martin luther kings day|martin luther king jr day|mlk day", {Rule::kNthWeekday, 1, 3, kMonday}},
    Holiday{"presidents day|president day|washingtons birthday|washington birthday", {Rule::kNthWeekday, 2, 3, kMonday}},
    Holiday{"mothers day|mother day", {Rule::kNthWeekday, 5, 2, kSunday}},
    Holiday{"день матери|дню матери", {Rule::kNthWeekday, 11, -1, kSunday}},
    Holiday{"memorial day|decoration day", {Rule::kNthWeekday, 5, -1, kMonday}},
    Holiday{"memorial day weekend", {Rule::kNthWeekday, 5, -1, kMonday, -2, 3}},
    Holiday{"fathers day|father day", {Rule::kNthWeekday, 6, 3, kSunday}},
    Holiday{"labor day", {Rule::kNthWeekday, 9, 1, kMonday}},
    Holiday{"labor day weekend", {Rule::kNthWeekday, 9, 1, kMonday, -2, 3}},
    Holiday{"grandparents day|national grandparents day", {Rule::kNthWeekday, 9, 1, kMonday, 6}},
    Holiday{"columbus day|indigenous peoples day", {Rule::kNthWeekday, 10, 2, kMonday}},
    Holiday{"день учителя", {Rule::kFixed, 10, 5}},
    Holiday{"thanksgiving|thanksgiving day|день благодарения", {Rule::kNthWeekday, 11, 4, kThursday}},
    Holiday{"black friday|черная пятница|черную пятницу", {Rule::kNthWeekday, 11, 4, kThursday, 1}},
    Holiday{"small business saturday", {Rule::kNthWeekday, 11, 4, kThursday, 2}},
    Holiday{"cyber monday", {Rule::kNthWeekday, 11, 4, kThursday, 4}},
    Holiday{"giving tuesday", {Rule::kNthWeekday, 11, 4, kThursday, 5}},
    Holiday{"administrative professionals day|administrative professional day|admins day|admin "
            "day|secretaries day", {Rule::kNthWeekday, 4, -1, kSaturday, -3}},
    Holiday{"daylight saving end|daylight savings end|daylight saving end day|daylight savings end day", {Rule::kNthWeekday, 11, 1, kSunday}},
    Holiday{"easter|easter sunday|easter day", {Rule::kEaster}},
    Holiday{"good friday|great friday", {Rule::kEaster, 0, 0, 0, -2}},
    Holiday{"maundy thursday|holy thursday|covenant thursday|thursday of mysteries|sheer thursday", {Rule::kEaster, 0, 0, 0, -3}},
    Holiday{"holy saturday|easter saturday|easter eve", {Rule::kEaster, 0, 0, 0, -1}},
    Holiday{"easter monday", {Rule::kEaster, 0, 0, 0, 1}},
    Holiday{"palm sunday", {Rule::kEaster, 0, 0, 0, -7}},
    Holiday{"ash wednesday", {Rule::kEaster, 0, 0, 0, -46}},
    Holiday{"shrove tuesday|pancake day|pancake tuesday|mardi gras|fat tuesday", {Rule::kEaster, 0, 0, 0, -47}},
    Holiday{"shrove monday", {Rule::kEaster, 0, 0, 0, -48}},
    Holiday{"lent", {Rule::kEaster, 0, 0, 0, -46, 46}},
    Holiday{"ascension day|ascension thursday", {Rule::kEaster, 0, 0, 0, 39}},
    Holiday{"pentecost|whit sunday|white sunday", {Rule::kEaster, 0, 0, 0, 49}},
    Holiday{"whit monday|pentecost monday|monday of the holy spirit", {Rule::kEaster, 0, 0, 0, 50}},
    Holiday{"trinity sunday", {Rule::kEaster, 0, 0, 0, 56}},
    Holiday{"corpus christi", {Rule::kEaster, 0, 0, 0, 60}},
    Holiday{"orthodox easter|orthodox easter sunday|пасха|пасху|пасхи|пасхе", {Rule::kOrthodoxEaster}},
    Holiday{"orthodox easter monday", {Rule::kOrthodoxEaster, 0, 0, 0, 1}},
    Holiday{"orthodox good friday|orthodox great friday|страстная пятница", {Rule::kOrthodoxEaster, 0, 0, 0, -2}},
    Holiday{"orthodox palm sunday|вербное воскресенье", {Rule::kOrthodoxEaster, 0, 0, 0, -7}},
    Holiday{"lazarus saturday", {Rule::kOrthodoxEaster, 0, 0, 0, -8}},
    Holiday{"clean monday|orthodox shrove monday|orthodox ash monday|чистый понедельник", {Rule::kOrthodoxEaster, 0, 0, 0, -48}},
    Holiday{"масленица|масленице|масленицу|масленицы|масленичная неделя", {Rule::kOrthodoxEaster, 0, 0, 0, -55, 7}},
    Holiday{"троица|троицу|троицы", {Rule::kOrthodoxEaster, 0, 0, 0, 49}},

    Holiday{"bosss day|boss day|bosses day|national boss day", {Rule::kWorkday, 10, 16}},
    Holiday{"emancipation day", {Rule::kWorkday, 4, 16}},
    Holiday{"vaisakhi|vaishakhi|baisakhi|vasakhi", {Rule::kFixed, 4, 14}},
    Holiday{"pongal|thai pongal|makar sankranti|makara sankranti|maghi", {Rule::kFixed, 1, 14}},
    Holiday{"mattu pongal", {Rule::kFixed, 1, 15}},
    Holiday{"kaanum pongal|kanni pongal", {Rule::kFixed, 1, 16}},
    Holiday{"rabindra jayanti|rabindranath jayanti", {Rule::kFixed, 5, 9}},
    Holiday{"gandhi jayanti", {Rule::kFixed, 10, 2}},
    Holiday{"nowruz|navroz|nauryz|навруз|наурыз", {Rule::kFixed, 3, 21}},
    Holiday{"kwanzaa", {Rule::kFixed, 12, 26, 0, 0, 7}},
    Holiday{"guy fawkes night|bonfire night", {Rule::kFixed, 11, 5}},
    Holiday{"anzac day", {Rule::kFixed, 4, 25}},
    Holiday{"australia day|republic day", {Rule::kFixed, 1, 26}},
    Holiday{"pi day", {Rule::kFixed, 3, 14}},

    // Each from the evening with which its first day begins.
    Holiday{"rosh hashanah|rosh hashana|rosh hashanna|rosh ha shanah|рош ха шана", {Rule::kNewYearOfTishri, 0, 0, 0, 0, 3}},
    Holiday{"yom kippur|yom kipur|йом кипур", {Rule::kNewYearOfTishri, 0, 0, 0, 9}},
    Holiday{"sukkot|sukkos|succot|succos|feast of tabernacles|суккот", {Rule::kNewYearOfTishri, 0, 0, 0, 14, 9}},
    Holiday{"hoshana rabbah|hoshanah rabbah", {Rule::kNewYearOfTishri, 0, 0, 0, 20}},
    Holiday{"shemini atzeret|shmini atzeret", {Rule::kNewYearOfTishri, 0, 0, 0, 21}},
    Holiday{"simchat torah|simchas torah|simhat torah", {Rule::kNewYearOfTishri, 0, 0, 0, 22}},
    Holiday{"hanukkah|hanukah|hannukah|hannukkah|chanukah|chanuka|chanukkah|hanuka|ханука|хануку|хануки", {Rule::kHanukkah, 0, 0, 0, 0, 8}},
    Holiday{"purim|пурим", {Rule::kPassover, 0, 0, 0, -30}},
    Holiday{"shushan purim", {Rule::kPassover, 0, 0, 0, -29}},
    Holiday{"passover|pesach|песах", {Rule::kPassover, 0, 0, 0, 0, 9}},
    Holiday{"yom hashoah|yom ha shoah|holocaust day|holocaust remembrance day", {Rule::kPassover, 0, 0, 0, 12}},
    Holiday{"yom haatzmaut|yom ha atzmaut", {Rule::kIndependenceOfIyar}},
    Holiday{"lag baomer|lag bomer|lag ba omer", {Rule::kPassover, 0, 0, 0, 33}},
    Holiday{"shavuot|shavuos|shavuoth|feast of weeks|шавуот", {Rule::kPassover, 0, 0, 0, 50, 3}},
    Holiday{"tisha bav|tisha b av|tisha be av", {Rule::kPassover, 0, 0, 0, 112}},

    Holiday{"islamic new year|muslim new year|hijri new year|amun jadid", {Rule::kIslamic, 1, 1}},
    Holiday{"ashura|day of ashura|ашура", {Rule::kIslamic, 1, 10}},
    Holiday{"mawlid|mawlid al nabi|milad un nabi|prophets birthday|the prophets birthday|мавлид", {Rule::kIslamic, 3, 12}},
    Holiday{"isra and miraj|isra miraj|the night journey|night journey|ascension to heaven|the prophets ascension|prophets ascension", {Rule::kIslamic, 7, 27}},
    Holiday{"ramadan|ramadhan|ramzan|ramzaan|рамадан|рамазан|рамадана", {Rule::kIslamic, 9, 1, 0, 0, 29}},
    Holiday{"laylat al qadr|laylat al kadr|night of power|night of measures", {Rule::kIslamic, 9, 27}},
    Holiday{"jumuatul wida|jamat ul vida|jumat ul vida|jumu atul wida", {Rule::kIslamicLastFriday, 9}},
    Holiday{"eid al fitr|id al fitr|eid ul fitr|id ul fitr|eid al fitr|idul fitr|ураза байрам", {Rule::kIslamic, 10, 1}},
    Holiday{"eid al adha|id al adha|eid ul adha|id ul adha|sacrifice feast|feast of the sacrifice|bakr id|bakrid|bakra eid|курбан байрам", {Rule::kIslamic, 12, 10}},

    Holiday{"chinese new year|chinese new years|chinese new years day|chinese new year day|lunar new year|chinese lunar new year|chinese lunar new years day|spring festival|китайский новый год", {Rule::kChineseNewYear}},

    Holiday{"dhanteras|dhanatrayodashi", {Rule::kIndianNewMoon, 11, 1, 0, -2}},
    Holiday{"naraka chaturdashi|kali chaudas|choti diwali|chhoti diwali|roop chaudas", {Rule::kIndianNewMoon, 11, 1, 0, -1}},
    Holiday{"diwali|deepavali|lakshmi puja|laxmi puja|дивали", {Rule::kIndianNewMoon, 11, 1}},
    Holiday{"bhai dooj|bhaidooj|bhaubeej", {Rule::kIndianNewMoon, 11, 1, 0, 2}},
    Holiday{"chhath|chhath puja|chhath parv|surya shashthi|dala chhath", {Rule::kIndianNewMoon, 11, 1, 0, 6}},
    Holiday{"karva chauth|karwa chauth", {Rule::kIndianNewMoon, 11, 1, 0, -11}},
    Holiday{"sharad purnima|valmiki jayanti|maharishi valmiki jayanti|pargat diwas", {Rule::kIndianFullMoonDay, 10, 17}},
    Holiday{"dussehra|vijayadashami|dasara|dashain", {Rule::kIndianFullMoonDay, 10, 17, 0, -5}},
    Holiday{"navaratri|navratri", {Rule::kIndianFullMoonDay, 10, 17, 0, -14, 9}},
    Holiday{"raksha bandhan|rakhi", {Rule::kIndianFullMoonDay, 8, 17}},
    Holiday{"krishna janmashtami|janmashtami|gokulashtami", {Rule::kIndianFullMoonDay, 8, 17, 0, 8}},
    Holiday{"ganesh chaturthi|vinayaka chaturthi", {Rule::kIndianFullMoonDay, 8, 17, 0, 18}},
    Holiday{"guru purnima", {Rule::kIndianFullMoonDay, 7, 17}},
    Holiday{"vesak|vesak day|buddha day|buddha purnima|buddhas birthday|весак", {Rule::kIndianFullMoon, 5, 12}},
    Holiday{"guru ravidass jayanti|guru ravidas jayanti|guru ravidass birthday|guru ravidas birthday", {Rule::kIndianFullMoonDay, 2, 12}},
    Holiday{"vasant panchami|basant panchami|saraswati puja", {Rule::kIndianFullMoonDay, 2, 12, 0, -9}},
    Holiday{"saraswati jayanti|dayananda saraswati jayanti", {Rule::kIndianFullMoonDay, 2, 12, 0, 10}},
    Holiday{"maha shivaratri|mahashivratri|shivaratri", {Rule::kIndianFullMoonDay, 2, 12, 0, 13}},
    Holiday{"holika dahan|kamudu pyre|chhoti holi|choti holi", {Rule::kIndianFullMoon, 3, 15}},
    Holiday{"holi|dhulandi|phagwah|холи", {Rule::kIndianFullMoon, 3, 15, 0, 1}},
    Holiday{"ugadi|yugadi|samvatsaradi|chaitra sukladi|chaitra sukhladi|gudi padwa", {Rule::kIndianMonth, 3, 30}},
    Holiday{"rama navami|ram navami", {Rule::kIndianMonth, 3, 30, 0, 8}},
    Holiday{"mahavir jayanti|mahavir janma kalyanak|mahaveer jayanti|mahaveer janma kalyanak", {Rule::kIndianMonth, 3, 30, 0, 12}},
    Holiday{"daylight saving start|daylight savings start|daylight saving start day|daylight savings start day", {Rule::kNthWeekday, 3, 2, kSunday}},
    // clang-format on
});

constexpr std::size_t count_names() {
    std::size_t count = 0;
    for (const Holiday& holiday : kHolidays)
        count += 1 + static_cast<std::size_t>(std::count(holiday.names.begin(), holiday.names.end(), '|'));
    return count;
}

struct Name {
    std::string_view name;
    int holiday;
};

// In the order of the names: those that begin with a word stand together.
constexpr auto kNames = [] {
    std::array<Name, count_names()> names{};
    std::size_t count = 0;
    for (std::size_t row = 0; row < kHolidays.size(); ++row) {
        std::string_view rest = kHolidays[row].names;
        while (!rest.empty()) {
            const std::size_t bar = rest.find('|');
            names[count++] = {rest.substr(0, bar), static_cast<int>(row)};
            rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
        }
    }
    std::sort(names.begin(), names.end(), [](const Name& a, const Name& b) { return a.name < b.name; });
    return names;
}();

constexpr std::string_view kWeekdayNames[] = {"monday", "tuesday",  "wednesday", "thursday",
                                              "friday", "saturday", "sunday"};

// A word of a name; "Fri" may stand for "Friday".
std::string_view word_at(const Tokens& tokens, std::size_t at) {
    if (tokens.is_number(at)) return tokens[at].value == 4 ? "4th" : "";
    const Meaning* weekday = tokens.meaning(at, Kind::kWeekday);
    if (weekday != nullptr && static_cast<unsigned char>(weekday->word[0]) < 0x80)
        return kWeekdayNames[weekday->value];
    return tokens[at].text;
}

std::size_t skip_name(const Tokens& tokens, std::size_t at, std::string_view name) {
    while (true) {
        const std::size_t blank = name.find(' ');
        if (word_at(tokens, at) != name.substr(0, blank)) return 0;
        if (tokens.is_number(at) && !tokens.is_word(++at, "th")) return 0;
        ++at;
        if (blank == std::string_view::npos) return at;
        name = name.substr(blank + 1);
        // "St. Patrick's Day", "Presidents' Day", "id-ul-adha"
        if (tokens.is_glued_mark(at, '.') || tokens.is_glued_mark(at, '\'') || tokens.is_glued_mark(at, '-'))
            ++at;
    }
}

bool is_first_word(std::string_view name, std::string_view word) {
    return name.starts_with(word) && (name.size() == word.size() || name[word.size()] == ' ');
}

auto first_name(std::string_view word) {
    return std::lower_bound(kNames.begin(), kNames.end(), word,
                            [](const Name& name, std::string_view wanted) { return name.name < wanted; });
}

}  // namespace

bool begins_holiday(std::string_view word) {
    for (auto at = first_name(word); at != kNames.end() && at->name.starts_with(word); ++at)
        if (is_first_word(at->name, word)) return true;
    return false;
}

std::optional<HolidayName> find_holiday(const Tokens& tokens, std::size_t at) {
    std::optional<HolidayName> longest;
    const std::string_view word = word_at(tokens, at);
    if (word.empty()) return longest;
    for (auto name = first_name(word); name != kNames.end() && name->name.starts_with(word); ++name) {
        const std::size_t next = skip_name(tokens, at, name->name);
        if (next > at && (!longest || next > longest->next)) longest = HolidayName{name->holiday, next};
    }
    return longest;
}

std::optional<Span> holiday_in(int holiday, int year) {
    if (year < 2 || year > 9998) return std::nullopt;
    const HolidayRule& rule = kHolidays.at(static_cast<std::size_t>(holiday)).rule;
    const std::optional<LocalDays> first = day_of_rule(rule, year);
    if (!first) return std::nullopt;
    return Span{*first, *first + Days{rule.days}, Grain::kDay, rule.days > 1};
}

}  // namespace arq::dates
