// SPDX-License-Identifier: MIT
//
// Dates against the tests of three other projects. They differ by design: what counts as right is what they
// say; what is only another convention (docs/dates.md) is shown in a row of its own.
#include "arq/dates/dates.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "arq/json/reader.h"
#include "eval/eval.h"

namespace arq::eval {
namespace {

using dates::LocalTime;
using dates::Mention;
using namespace std::chrono_literals;

constexpr auto kDay = std::chrono::hours{24};

// "2013-02-12T04:30:00", with or without a zone, which is that of all times of its line.
LocalTime read_time(const std::string& text) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    // NOLINTNEXTLINE(cert-err34-c): the count of what was read is looked at
    if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6)
        throw std::runtime_error("no time: " + text);
    return std::chrono::local_days{std::chrono::year{year} / std::chrono::month{month} /
                                   std::chrono::day{day}} +
           std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
}

std::optional<std::chrono::minutes> read_offset(const std::string& time) {
    constexpr std::size_t kWithoutZone = 19;
    if (time.size() != kWithoutZone + 6) return std::nullopt;
    const int hours = std::stoi(time.substr(kWithoutZone, 3));
    const int minutes = std::stoi(time.substr(kWithoutZone + 4, 2));
    return std::chrono::hours{hours} + std::chrono::minutes{hours < 0 ? -minutes : minutes};
}

std::vector<std::string> read_lines(const std::filesystem::path& file) {
    std::vector<std::string> lines;
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) lines.push_back(line);
    return lines;
}

std::vector<Mention> find(const std::string& text, const std::string& reference) {
    dates::Options options;
    options.utc_offset = read_offset(reference);
    return dates::find_dates(text, read_time(reference), options);
}

// --- Duckling: the whole input is one date -------------------------------------------------------------

struct Expected {
    std::string kind;  // point, interval, open-after, open-before
    LocalTime from;
    std::optional<LocalTime> to;
    std::string grain;
};

std::optional<LocalTime> begin_of(const Mention& mention, const Expected& expected) {
    return expected.kind == "open-before" ? mention.to : mention.from;
}

// The conventions of docs/dates.md that are others than Duckling's, told by how the answers differ.
bool is_other_convention(const Mention& mention, const Expected& expected) {
    const auto begin = begin_of(mention, expected);
    if (!begin) return false;
    const auto late = *begin - expected.from;
    const bool is_day = mention.grain == model::Grain::kDay;
    // In 7 days: a day, not an hour of it.
    if (is_day && !mention.is_range && expected.grain == "hour" && -late < kDay && late <= 0ms) return true;
    if (is_day && mention.is_range && !mention.to && expected.grain == "hour" && -late < kDay && late <= 0ms)
        return true;
    // A weekend begins on Saturday, a season with a month.
    if (is_day && expected.kind == "interval" && expected.grain == "hour" && late == 6h) return true;
    if (is_day && mention.is_range && expected.to && *expected.to - expected.from > 80 * kDay &&
        std::chrono::abs(late) < 25 * kDay)
        return true;
    // Next Wednesday is that of next week.
    if (is_day && !mention.is_range && expected.grain == "day" && late == 7 * kDay) return true;
    // At 2 is in the afternoon, at 3:18 today where that is still to come.
    if (mention.grain <= model::Grain::kHour && (late == 12h || late == kDay)) return true;
    // The upcoming two weeks are both of them.
    if (mention.is_range && mention.to && expected.kind == "point" && late < 0ms &&
        model::grain_name(mention.grain) == expected.grain && *mention.from < expected.from &&
        expected.from < *mention.to)
        return true;
    // After 2014 is after its end, through 2014 until then.
    if (expected.kind.starts_with("open") && expected.grain == "year" && late > 0ms && late <= 366 * kDay)
        return true;
    // A week is a week, not its days.
    return late == 0ms && mention.grain == model::Grain::kWeek && expected.kind == "interval";
}

// Both ends, or the other's end one unit later: "11:30-13:30" ends at 13:30 here.
bool is_same_end(const Mention& mention, const Expected& expected) {
    if (expected.kind != "interval") return true;
    if (!mention.to || !expected.to) return false;
    const auto late = *expected.to - *mention.to;
    return late == 0ms || (mention.grain == model::Grain::kMinute && late == 1min) ||
           (mention.grain == model::Grain::kHour && late == 1h);
}

std::vector<Row> duckling(const std::filesystem::path& file, const std::string& name,
                          const std::string& reference, const std::string& goal) {
    std::size_t n = 0;
    std::size_t dated = 0;
    std::size_t right = 0;
    std::size_t ended = 0;
    std::size_t other = 0;
    for (const std::string& line : read_lines(file)) {
        const json::Document document{line};
        json::Object root = document.root();
        Expected expected{.kind = root.required_string("kind"),
                          .from = read_time(root.required_string("from")),
                          .grain = root.required_string("grain")};
        if (const auto to = root.optional_string("to")) expected.to = read_time(*to);
        ++n;
        const auto found = find(root.required_string("input"), root.required_string("ref"));
        if (found.size() != 1) continue;
        const bool is_date = begin_of(found[0], expected) == expected.from;
        const bool is_right = is_date && model::grain_name(found[0].grain) == expected.grain;
        dated += is_date ? 1 : 0;
        right += is_right ? 1 : 0;
        ended += is_right && is_same_end(found[0], expected) ? 1 : 0;
        other += !is_right && is_other_convention(found[0], expected) ? 1 : 0;
    }
    if (n == 0) return {};
    const auto share = [&](std::size_t count) { return static_cast<double>(count) / static_cast<double>(n); };
    return {{"dates: begin", name, n, share(dated), "", ""},
            {"dates: begin and grain", name, n, share(right), reference, goal},
            {"dates: begin, grain and end", name, n, share(ended), "", ""},
            {"dates: begin and grain, or another convention", name, n, share(right + other), "", ""}};
}

// --- chrono: the first date within a text --------------------------------------------------------------

// What is expected of a time: any of year, month, day, or, where none of these, hour and minute.
bool fits(LocalTime time, json::Object fields) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::int64_t hour = (time - day) / 1h;
    const std::int64_t minute = (time - day) / 1min % 60;
    const auto year = fields.optional_integer("year", 0, 9999);
    const auto month = fields.optional_integer("month", 1, 12);
    const auto month_day = fields.optional_integer("day", 1, 31);
    const auto expected_hour = fields.optional_integer("hour", 0, 24);
    const auto expected_minute = fields.optional_integer("minute", 0, 59);
    const auto whole = fields.optional_string("date");
    if (!year && !month && !month_day) {
        if (whole && !expected_hour) return std::chrono::floor<std::chrono::days>(read_time(*whole)) == day;
        return (!expected_hour || *expected_hour == hour) && (!expected_minute || *expected_minute == minute);
    }
    return (!year || *year == static_cast<int>(date.year())) &&
           (!month || *month == static_cast<unsigned>(date.month())) &&
           (!month_day || *month_day == static_cast<unsigned>(date.day()));
}

std::vector<Row> chrono(const std::filesystem::path& file, const std::string& name) {
    std::size_t n = 0;
    std::size_t right = 0;
    std::size_t with_words = 0;
    std::size_t same_words = 0;
    for (const std::string& line : read_lines(file)) {
        const json::Document document{line};
        json::Object root = document.root();
        ++n;
        const std::string text = root.required_string("input");
        const auto found = find(text, root.required_string("ref"));
        auto expected = root.optional_object("expect");
        auto start = expected->optional_object("start");
        if (!found.empty() && found[0].from && start && fits(*found[0].from, *start)) ++right;
        if (!found.empty() && !found[0].from && found[0].to && start && fits(*found[0].to, *start)) ++right;
        const auto words = root.optional_string("matched");
        if (!words) continue;
        ++with_words;
        // With or without the preposition before it.
        same_words += !found.empty() && found[0].words.ends_with(*words) ? 1 : 0;
    }
    if (n == 0) return {};
    return {
        {"dates: day of the first one", name, n, static_cast<double>(right) / static_cast<double>(n), "", ""},
        {"dates: words of the first one", name, with_words,
         static_cast<double>(same_words) / static_cast<double>(with_words), "", ""}};
}

std::vector<Row> negatives(const std::filesystem::path& file, const std::string& name) {
    std::size_t n = 0;
    std::size_t found = 0;
    for (const std::string& line : read_lines(file)) {
        const json::Document document{line};
        json::Object root = document.root();
        ++n;
        found += find(root.required_string("input"), "2013-02-12T04:30:00").empty() ? 0 : 1;
    }
    if (n == 0) return {};
    return {{"dates: found where none is", name, n, static_cast<double>(found), "", "0", "texts"}};
}

// --- Hors: all dates of a text, with their ends --------------------------------------------------------

bool has_dates(std::vector<json::Object> expected, const std::vector<Mention>& found) {
    if (expected.size() != found.size()) return false;
    for (std::size_t at = 0; at < found.size(); ++at) {
        auto from = expected[at].optional_object("from");
        auto to = expected[at].optional_object("to");
        if (from && (!found[at].from || !fits(*found[at].from, *from))) return false;
        if (!to) continue;
        if (!found[at].to) return false;
        // Its last day belongs to it there.
        const bool is_day = found[at].grain >= model::Grain::kDay;
        if (!fits(is_day ? *found[at].to - kDay : *found[at].to, *to)) return false;
    }
    return true;
}

std::vector<Row> hors(const std::filesystem::path& file) {
    std::size_t n = 0;
    std::size_t right = 0;
    for (const std::string& line : read_lines(file)) {
        const json::Document document{line};
        json::Object root = document.root();
        ++n;
        const auto found = find(root.required_string("input"), root.required_string("ref"));
        right += has_dates(root.objects("expect"), found) ? 1 : 0;
    }
    if (n == 0) return {};
    return {
        {"dates: all of a text", "Hors ru", n, static_cast<double>(right) / static_cast<double>(n), "", ""}};
}

}  // namespace

std::vector<Row> measure_dates(const std::filesystem::path& data, const std::filesystem::path& /*project*/) {
    const std::filesystem::path folder = data / "dates";
    std::vector<Row> rows;
    const auto add = [&](const std::vector<Row>& more) { rows.insert(rows.end(), more.begin(), more.end()); };
    add(duckling(folder / "duckling-en-time.jsonl", "Duckling en", "43 to 51", "80"));
    add(duckling(folder / "duckling-en-us-time.jsonl", "Duckling en-US (holidays)", "", ""));
    add(duckling(folder / "duckling-ru-time.jsonl", "Duckling ru", "66", "85"));
    add(chrono(folder / "chrono-en.jsonl", "chrono en"));
    add(chrono(folder / "chrono-ru.jsonl", "chrono ru"));
    add(hors(folder / "hors-ru.jsonl"));
    add(negatives(folder / "chrono-en-negative.jsonl", "chrono en, negatives"));
    add(negatives(folder / "chrono-ru-negative.jsonl", "chrono ru, negatives"));
    return rows;
}

}  // namespace arq::eval
