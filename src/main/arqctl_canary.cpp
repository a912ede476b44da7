// SPDX-License-Identifier: MIT
//
// arqctl canary: how a release that some users try does. What is to be done about it does the release's
// script (src/releases/canary.sh, which also says what stands in data/canary).
#include <chrono>
#include <cstdio>
#include <system_error>

#include "arq/config/config.h"
#include "arq/json/writer.h"
#include "arq/monitor/canary_judge.h"
#include "arq/monitor/canary_state.h"
#include "arq/store/host.h"
#include "arq/util/clock.h"
#include "arq/util/error.h"
#include "arq/util/file.h"
#include "main/arqctl.h"

namespace arq::main {
namespace {

constexpr const char* kUsage =
    "usage: arqctl canary status [--json] | promote | abort | judge\n"
    "\n"
    "  status   which release is on trial, for whom, since when, and how it does\n"
    "  promote  puts the release on trial into use for all users, whatever is known of it\n"
    "  abort    gives all users the release that served before\n"
    "  judge    prints one line: worse, well, hold or wait, and why (what each minute is decided by)\n";

// Nothing where there was never a canary.
monitor::CanaryState read_state(const Prefix& prefix) {
    try {
        return monitor::parse_canary_state(util::read_file(prefix.path + "/data/canary"));
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::no_such_file_or_directory) return {};
        throw;
    }
}

struct Judged {
    monitor::CanaryJudgement judgement;
    std::chrono::seconds lasted{};  // this step so far
};

Judged judge(const Prefix& prefix, const monitor::CanaryState& state, const config::Config& config) {
    util::SystemClock clock;
    const util::Timestamp now = clock.now();
    store::Host host = store::Host::existing(prefix.host(), static_cast<int>(config.store.busy_timeout_ms));
    const std::chrono::seconds step{config.canary.step_seconds};
    const monitor::CanaryComparison compared = monitor::compare_canary(
        state, host.list_figures(model::Span::kMinute, monitor::canary_compared_from(state), now), step, now);
    const monitor::CanaryRules rules{
        .level = static_cast<double>(config.canary.level_permille) / 1000,
        .min_requests = static_cast<std::uint64_t>(config.canary.min_requests),
        .p95_ratio = static_cast<double>(config.canary.p95_percent) / 100,
        .looks = static_cast<unsigned>(std::chrono::floor<std::chrono::minutes>(step).count())};
    return {.judgement = monitor::judge_canary(compared.canary, compared.production, rules, compared.moment),
            .lasted = compared.lasted};
}

const char* verdict_word(monitor::CanaryVerdict verdict) {
    switch (verdict) {
        case monitor::CanaryVerdict::kWorse:
            return "worse";
        case monitor::CanaryVerdict::kWell:
            return "well";
        case monitor::CanaryVerdict::kHold:
            return "hold";
        case monitor::CanaryVerdict::kWait:
            break;
    }
    return "wait";
}

int percent(int share) {
    return share * 100 / monitor::kCanarySlots;
}

std::string percent_words(int share) {
    return std::to_string(percent(share)) + " %";
}

void print_screen(const monitor::CanaryState& state, const std::optional<Judged>& judged,
                  const config::Config& config) {
    if (state.state == "none") {
        std::puts("No release is on trial, and none has been.");
        return;
    }
    if (state.is_on()) {
        std::printf("release     %s for %s of the users; %s for the others\n", state.release.c_str(),
                    percent_words(state.share).c_str(), state.before.c_str());
    } else {
        std::printf("release     %s was on trial; before it was %s\n", state.release.c_str(),
                    state.before.c_str());
    }
    std::printf("state       %s%s%s\n", state.state.c_str(), state.reason.empty() ? "" : ": ",
                state.reason.c_str());
    std::printf("began       %s\n", util::format_rfc3339(state.began).c_str());
    for (const monitor::CanaryStep& step : state.steps)
        std::printf("%-11s %s to %s: %s\n", percent_words(step.share).c_str(),
                    util::format_rfc3339(step.from).c_str(), util::format_rfc3339(step.to).c_str(),
                    step.text.c_str());
    if (!judged) return;
    std::printf("%-11s since %s, %lld of %lld s\n", percent_words(state.share).c_str(),
                util::format_rfc3339(state.since).c_str(), static_cast<long long>(judged->lasted.count()),
                static_cast<long long>(config.canary.step_seconds));
    std::printf("verdict     %s: %s\n", verdict_word(judged->judgement.verdict),
                judged->judgement.text.c_str());
}

void print_json(const monitor::CanaryState& state, const std::optional<Judged>& judged) {
    const auto text = [](json::Writer& json, std::string_view key, const std::string& value) {
        json.key(key);
        if (value.empty())
            json.null();
        else
            json.value(value);
    };
    const auto time = [](util::Timestamp at) {
        return at == util::Timestamp{} ? "" : util::format_rfc3339(at);
    };
    json::Writer json{json::Writer::Style::kIndented};
    json.begin_object().key("state").value(state.state);
    text(json, "release", state.release);
    text(json, "before", state.before);
    json.key("share_percent").value(state.is_on() ? percent(state.share) : 0);
    text(json, "began_at", time(state.began));
    text(json, "since", time(state.since));
    text(json, "reason", state.reason);
    json.key("steps").begin_array();
    for (const monitor::CanaryStep& step : state.steps) {
        json.begin_object().key("share_percent").value(percent(step.share));
        json.key("from")
            .value(util::format_rfc3339(step.from))
            .key("to")
            .value(util::format_rfc3339(step.to));
        json.key("text").value(step.text).end_object();
    }
    json.end_array().key("verdict");
    if (judged) {
        const monitor::CanaryJudgement& judgement = judged->judgement;
        json.begin_object().key("verdict").value(verdict_word(judgement.verdict));
        json.key("text").value(judgement.text).key("lasted_seconds").value(judged->lasted.count());
        json.key("errors_p").value(judgement.errors_p, 9).key("times_p").value(judgement.times_p, 9);
        json.key("deaths_p").value(judgement.deaths_p, 9).key("level").value(judgement.level, 9);
        json.end_object();
    } else {
        json.null();
    }
    json.end_object();
    std::puts(json.take().c_str());
}

int print_judgement(const Prefix& prefix) {
    const monitor::CanaryState state = read_state(prefix);
    if (state.state != "running") {
        std::fprintf(stderr, "arqctl: no release is on trial (state: %s)\n", state.state.c_str());
        return 1;
    }
    const Judged judged = judge(prefix, state, config::load_config(prefix.config()));
    std::printf("%s %s\n", verdict_word(judged.judgement.verdict), judged.judgement.text.c_str());
    return 0;
}

int print_status(const Prefix& prefix, const Options& options) {
    const monitor::CanaryState state = read_state(prefix);
    const config::Config config = config::load_config(prefix.config());
    std::optional<Judged> judged;
    if (state.state == "running") judged = judge(prefix, state, config);
    if (options.has("--json"))
        print_json(state, judged);
    else
        print_screen(state, judged, config);
    return 0;
}

}  // namespace

int run_canary(const Prefix& prefix, const Words& words) {
    if (asks_help(words, kUsage)) return 0;
    if (words.empty()) return fail_usage("canary needs status, promote, abort or judge", kUsage);
    const Words rest{words.begin() + 1, words.end()};
    try {
        if (words[0] == "status") return print_status(prefix, Options{rest, {}, {"--json"}});
        if (words[0] == "judge" && rest.empty()) return print_judgement(prefix);
    } catch (const UsageError& error) {
        return fail_usage(error.message, kUsage);
    }
    // The last two are the supervisor's.
    if (words[0] != "promote" && words[0] != "abort" && words[0] != "tick" && words[0] != "lost")
        return fail_usage("unknown action " + words[0], kUsage);
    return run_release_script(prefix, "canary", words);
}

}  // namespace arq::main
