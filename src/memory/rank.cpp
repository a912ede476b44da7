// SPDX-License-Identifier: MIT
#include "arq/memory/rank.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_set>

#include "arq/memory/extract.h"
#include "arq/util/function_words.h"
#include "arq/util/stem_set.h"
#include "arq/util/text.h"

namespace arq::memory {
namespace {

// BM25: how soon more of the same word tells no more, and how much a long text has to pay for its length.
// Turns of a dialogue are short and say a thing once, so both are lower than what is usual for documents.
constexpr double kSaturation = 0.6;
constexpr double kLengthNorm = 0.3;
// What a turn gets of the one before it and the one behind it, and of those one further away. More from
// before: what answers a question, or goes on with a subject, leaves its words out.
constexpr std::array<double, 2> kFromBefore{0.45, 0.225};
constexpr std::array<double, 2> kFromBehind{0.3, 0.15};
// A turn that somebody else speaks than who was asked about (where turns begin with who speaks).
constexpr double kOtherSpeaker = 0.7;
// What asks says less of it than what tells.
constexpr double kQuestion = 0.8;
// Where a time is asked for, what tells one; what was said in the time that was asked about, or in the week
// after it.
constexpr double kTellsTime = 1.2;
constexpr double kInTime = 2.0;
constexpr std::chrono::days kSoonAfter{7};
// Between otherwise equals the newer: at most by so much, half of it a month ago.
constexpr double kRecent = 0.05;
constexpr double kRecentDays = 30;

double inverse_frequency(std::size_t with, std::size_t all) {
    const auto rest = static_cast<double>(all - std::min(with, all));
    return std::log(1.0 + (rest + 0.5) / (static_cast<double>(with) + 0.5));
}

// Of the turns of one role.
struct Statistics {
    std::size_t turns = 0;
    double length = 0;
    std::vector<std::size_t> with_stem;
    double average() const { return turns == 0 ? 1 : std::max(1.0, length / static_cast<double>(turns)); }
};

const model::Stretch::Turn& turn_of(const model::Stretch& stretch, std::size_t turn) {
    const auto& exchange = stretch.exchanges[turn / 2];
    return turn % 2 == 0 ? exchange.said : exchange.answered;
}

std::array<Statistics, 2> count(std::size_t stems, const std::vector<model::Stretch>& stretches) {
    std::array<Statistics, 2> roles;
    for (Statistics& role : roles) role.with_stem.resize(stems);
    for (const model::Stretch& stretch : stretches) {
        for (std::size_t turn = 0; turn < stretch.exchanges.size() * 2; ++turn) {
            const auto length = turn_of(stretch, turn).length;
            if (length == 0) continue;
            ++roles[turn % 2].turns;
            roles[turn % 2].length += length;
        }
        for (const auto& occurrence : stretch.occurrences)
            if (occurrence.count > 0) ++roles[occurrence.turn % 2].with_stem[occurrence.stem];
    }
    return roles;
}

// How much of `Candidate::score` stays for a turn by when it was said. (An id tells when it was made.)
double time_factor(const Wanted& wanted, util::Timestamp said) {
    double factor = 1;
    if (wanted.from && wanted.to && said >= *wanted.from && said < *wanted.to + kSoonAfter) factor *= kInTime;
    const double days = std::chrono::duration<double, std::ratio<86400>>(wanted.now - said).count();
    return factor * (1 + kRecent / (1 + std::max(days, 0.0) / kRecentDays));
}

// One stretch of the dialogue, turn by turn.
class Weighing {
public:
    Weighing(const model::Stretch& stretch, const std::array<std::vector<double>, 2>& weights,
             const std::array<double, 2>& lengths, std::uint64_t asked_speakers)
        : stretch_(stretch), own_(stretch.exchanges.size() * 2), share_(own_.size()), speaks_(own_.size()) {
        for (const auto& occurrence : stretch.occurrences) {
            const std::size_t turn = occurrence.turn;
            if (occurrence.count == 0) {
                speaks_[turn] = true;
                continue;
            }
            const double weight = weights[turn % 2][occurrence.stem];
            const double length = turn_of(stretch, turn).length / lengths[turn % 2];
            const double times = occurrence.count;
            own_[turn] += weight * times * (kSaturation + 1) /
                          (times + kSaturation * (1 - kLengthNorm + kLengthNorm * length));
            share_[turn] += weight;
        }
        asks_for_speaker_ = asked_speakers != 0;
    }

    double share(std::size_t turn) const { return share_[turn]; }

    // Calls `use` with each turn that anything speaks for, and its worth.
    template <typename Use>
    void each(const Use& use) const {
        std::array<std::size_t, 5>
            around{};  // a window over the turns of a session in which something was said
        std::size_t filled = 0;
        const auto step = [&](std::optional<std::size_t> next) {
            for (std::size_t at = 0; at + 1 < around.size(); ++at) around[at] = around[at + 1];
            around.back() = next.value_or(kNone);
            ++filled;
            if (filled >= 3 && around[2] != kNone) weigh(around, use);
        };
        util::Id session = 0;
        around.fill(kNone);
        for (std::size_t turn = 0; turn < own_.size(); ++turn) {
            if (turn_of(stretch_, turn).length == 0) continue;
            const util::Id here = stretch_.exchanges[turn / 2].session;
            if (here != session) {
                step(std::nullopt);
                step(std::nullopt);
                around.fill(kNone);
                session = here;
            }
            step(turn);
        }
        step(std::nullopt);
        step(std::nullopt);
    }

private:
    static constexpr std::size_t kNone = ~std::size_t{0};

    template <typename Use>
    void weigh(const std::array<std::size_t, 5>& around, const Use& use) const {
        const auto own = [&](std::size_t at) { return around[at] == kNone ? 0.0 : own_[around[at]]; };
        double worth = own(2) + kFromBefore[0] * own(1) + kFromBefore[1] * own(0) + kFromBehind[0] * own(3) +
                       kFromBehind[1] * own(4);
        if (worth <= 0) return;
        const std::size_t turn = around[2];
        if (asks_for_speaker_ && turn_of(stretch_, turn).is_labelled && !speaks_[turn])
            worth *= kOtherSpeaker;
        use(turn, worth);
    }

    const model::Stretch& stretch_;
    std::vector<double> own_, share_;
    std::vector<bool> speaks_;
    bool asks_for_speaker_ = false;
};

bool is_better(const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.id != b.id) return a.id > b.id;
    return a.role < b.role;
}

// Not by part dates, which reads what a time is: that takes ten times as long as to see that there is one.
constexpr std::array<std::string_view, 60> kTimeWords{
    "ago",       "april",   "august",   "autumn",   "december", "evening",  "fall",      "february",
    "friday",    "january", "july",     "june",     "last",     "march",    "monday",    "month",
    "months",    "morning", "next",     "november", "october",  "saturday", "september", "since",
    "spring",    "summer",  "sunday",   "thursday", "today",    "tomorrow", "tonight",   "tuesday",
    "wednesday", "week",    "weekend",  "weeks",    "winter",   "year",     "years",     "yesterday",
    "августа",   "апреля",  "вчера",    "года",     "декабря",  "завтра",   "зимой",     "июля",
    "июня",      "летом",   "марта",    "назад",    "недели",   "ноября",   "октября",   "осенью",
    "позавчера", "сегодня", "сентября", "февраля"};
static_assert(std::is_sorted(kTimeWords.begin(), kTimeWords.end()));

bool tells_time(std::string_view text) {
    for (const std::string_view word : util::split_words(text))
        if (std::binary_search(kTimeWords.begin(), kTimeWords.end(), util::fold_word(word))) return true;
    return false;
}

}  // namespace

std::vector<std::string> query_stems(std::string_view message) {
    std::vector<std::string> found;
    for (const std::string& word : util::words(message)) {
        if (found.size() == util::StemSet::kMost) break;
        if (util::is_function_word(word)) continue;
        std::string stem = util::stem(word);
        if (std::find(found.begin(), found.end(), stem) == found.end()) found.push_back(std::move(stem));
    }
    return found;
}

bool asks_when(std::string_view message) {
    for (const std::string_view word : util::split_words(message)) {
        const std::string folded = util::fold_word(word);
        if (folded == "when" || folded == "когда") return true;
    }
    return false;
}

void cut_before(model::Stretch& stretch, util::Id message) {
    const auto first = std::find_if(stretch.exchanges.begin(), stretch.exchanges.end(),
                                    [&](const auto& exchange) { return exchange.id >= message; });
    stretch.exchanges.erase(first, stretch.exchanges.end());
    std::erase_if(stretch.occurrences, [&](const auto& occurrence) {
        return occurrence.turn / 2 >= static_cast<int>(stretch.exchanges.size());
    });
}

std::vector<double> weigh_stems(std::size_t stems, const std::vector<model::Stretch>& said) {
    const Statistics counted = count(stems, said)[0];
    std::vector<double> weights(stems, 1.0);
    for (std::size_t at = 0; at < stems && counted.turns > 0; ++at)
        weights[at] = inverse_frequency(counted.with_stem[at], counted.turns);
    return weights;
}

std::vector<Candidate> find_candidates(const Wanted& wanted, const std::vector<model::Stretch>& said,
                                       Roles roles, double least_share, std::size_t limit) {
    const std::array<Statistics, 2> counted = count(wanted.stems, said);
    std::array<std::vector<double>, 2> weights;
    std::array<double, 2> totals{};
    for (std::size_t role = 0; role < 2; ++role) {
        for (const std::size_t with : counted[role].with_stem)
            weights[role].push_back(inverse_frequency(with, counted[role].turns));
        totals[role] = std::accumulate(weights[role].begin(), weights[role].end(), 0.0);
    }
    std::uint64_t speakers = 0;
    for (const model::Stretch& stretch : said)
        for (const auto& occurrence : stretch.occurrences)
            if (occurrence.count == 0) speakers |= std::uint64_t{1} << occurrence.stem;
    const std::array<double, 2> lengths{counted[0].average(), counted[1].average()};

    std::vector<Candidate> candidates;
    for (const model::Stretch& stretch : said) {
        const Weighing weighing{stretch, weights, lengths, speakers};
        weighing.each([&](std::size_t turn, double worth) {
            const std::size_t role = turn % 2;
            if ((roles == Roles::kUser && role != 0) || weighing.share(turn) < least_share * totals[role])
                return;
            const util::Id id = stretch.exchanges[turn / 2].id;
            candidates.push_back({.id = id,
                                  .session = stretch.exchanges[turn / 2].session,
                                  .role = role == 0 ? model::Role::kUser : model::Role::kAssistant,
                                  .score = worth / totals[role] * time_factor(wanted, util::time_of(id)),
                                  .share = weighing.share(turn) / totals[role]});
        });
    }
    const std::size_t kept = std::min(limit, candidates.size());
    const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(kept);
    if (kept < candidates.size()) std::nth_element(candidates.begin(), end, candidates.end(), is_better);
    std::sort(candidates.begin(), end, is_better);
    candidates.resize(kept);
    return candidates;
}

std::vector<Ranked<model::Message>> rank_messages(const Wanted& wanted,
                                                  const std::vector<model::Stretch>& said, Roles roles,
                                                  const Choice& choice, const LoadMessage& load) {
    // Twice as many are read, and some more, because reading them changes their order a little.
    constexpr std::size_t kMore = 4;
    struct Read {
        Candidate candidate;
        model::Message message;
    };
    std::vector<Read> read;
    std::unordered_set<std::string> seen;
    // Asked for more than it takes: some are gone, or say the same.
    for (const Candidate& candidate :
         find_candidates(wanted, said, roles, choice.least_share, 8 * (choice.limit + kMore))) {
        if (read.size() == 2 * choice.limit + kMore) break;
        auto message = load(candidate.id, candidate.role);
        if (!message || !seen.insert(message->text).second) continue;
        const bool asks = message->text.find('?') != std::string::npos;
        if (asks && !choice.with_questions && only_asks(message->text)) continue;
        read.push_back({candidate, *std::move(message)});
        double& score = read.back().candidate.score;
        if (asks) score *= kQuestion;
        if (wanted.asks_when && tells_time(read.back().message.text)) score *= kTellsTime;
    }
    std::stable_sort(read.begin(), read.end(),
                     [](const Read& a, const Read& b) { return is_better(a.candidate, b.candidate); });
    std::vector<Ranked<model::Message>> ranked;
    ranked.reserve(choice.limit);
    for (Read& one : read) {
        if (ranked.size() == choice.limit) break;
        // Without its mark a question is known by its words, which takes longer: of few.
        if (!choice.with_questions && only_asks(one.message.text)) continue;
        ranked.push_back({.item = std::move(one.message), .score = std::min(one.candidate.score, 1.0)});
    }
    return ranked;
}

std::vector<Ranked<model::Memory>> rank_memories(
    const std::vector<double>& weights, const std::vector<model::Stretch>& learnt, const Choice& choice,
    const std::function<std::optional<model::Memory>(util::Id)>& load) {
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<Candidate> candidates;
    for (const model::Stretch& stretch : learnt) {
        std::vector<double> shares(stretch.exchanges.size());
        for (const auto& occurrence : stretch.occurrences)
            if (occurrence.count > 0) shares[occurrence.turn / 2] += weights[occurrence.stem] / total;
        for (std::size_t at = 0; at < shares.size(); ++at)
            if (shares[at] > 0 && shares[at] >= choice.least_share)
                candidates.push_back(
                    {.id = stretch.exchanges[at].id, .score = shares[at], .share = shares[at]});
    }
    std::sort(candidates.begin(), candidates.end(), is_better);
    std::vector<Ranked<model::Memory>> ranked;
    std::unordered_set<std::string> seen;
    for (const Candidate& candidate : candidates) {
        if (ranked.size() == choice.limit) break;
        auto memory = load(candidate.id);
        if (!memory || !seen.insert(memory->text).second) continue;
        ranked.push_back({.item = *std::move(memory), .score = std::min(candidate.score, 1.0)});
    }
    return ranked;
}

}  // namespace arq::memory
