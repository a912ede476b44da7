// SPDX-License-Identifier: MIT
//
// arq-load: a client that loads a running assistant and checks every answer; for tests and the benchmark.
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "arq/json/writer.h"
#include "arq/util/clock.h"
#include "arq/util/hash.h"
#include "audit.h"
#include "failures.h"
#include "options.h"
#include "run.h"

namespace {

std::string make_run_name() {
    std::array<std::byte, 6> random{};
    arq::util::SystemClock().random_fill(random);
    return arq::util::to_hex(random);
}

// The nearest rank of ascending values; 0 of none.
double percentile(const std::vector<double>& values, double percent) {
    if (values.empty()) return 0;
    const double rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
    return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::string format_summary(const load::RunResult& run, std::int64_t failed, const load::AuditResult& kept) {
    const auto acknowledged = static_cast<std::int64_t>(run.milliseconds.size());
    arq::json::Writer json;
    json.begin_object();
    json.key("acknowledged").value(acknowledged);
    json.key("failed").value(failed);
    json.key("refused").begin_object();
    for (const auto& [error, count] : run.refused) json.key(error).value(count);
    json.end_object();
    json.key("lost").value(kept.lost);
    json.key("doubled").value(kept.doubled);
    json.key("seconds").value(run.seconds, 3);
    json.key("per_second").value(run.seconds > 0 ? static_cast<double>(acknowledged) / run.seconds : 0.0, 1);
    json.key("p50_ms").value(percentile(run.milliseconds, 50), 2);
    json.key("p95_ms").value(percentile(run.milliseconds, 95), 2);
    json.key("p99_ms").value(percentile(run.milliseconds, 99), 2);
    json.key("max_ms").value(percentile(run.milliseconds, 100), 2);
    json.end_object();
    return json.take();
}

}  // namespace

int main(int argc, char** argv) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    arq::util::initialise_crypto();
    const load::Options options = load::parse_options(argc, argv);
    const load::Script script(make_run_name());
    load::Failures failures;

    std::vector<load::User> users = load::make_users(options, failures);
    load::RunResult run;
    load::AuditResult kept;
    // A run with fewer users than asked for would measure something else.
    if (users.size() == options.users) {
        run = load::run_load(options, script, users, failures);
        kept = load::audit(options, script, users, failures);
    }
    std::puts(format_summary(run, failures.count(), kept).c_str());
    return failures.count() == 0 && kept.lost == 0 && kept.doubled == 0 ? 0 : 1;
}
