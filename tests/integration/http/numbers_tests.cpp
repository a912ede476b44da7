// SPDX-License-Identifier: MIT
//
// What is told of the pool: /health, /metrics, Server-Timing, the log of requests.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "support/api_fixture.h"

namespace arq::http {
namespace {

using tests::header_of;

struct NumbersFixture : tests::ApiFixture {
    // A moment later: percentiles are kept for a second.
    Response health() {
        clock.advance(std::chrono::seconds{1});
        return get("/health");
    }
    Response ask_metrics(const std::string& key = {}, const std::string& address = "203.0.113.7") {
        clock.advance(std::chrono::seconds{1});
        Request request{.method = "GET", .target = "/metrics", .remote_address = address};
        if (!key.empty()) request.headers["authorization"] = "Bearer " + key;
        return send(request);
    }
    std::string metrics() { return ask_metrics({}, "127.0.0.1").body; }
    // The value of that line; "" where there is none.
    static std::string value_of(const std::string& text, const std::string& sample) {
        const std::size_t at = ("\n" + text).find("\n" + sample + " ");
        if (at == std::string::npos) return {};
        const std::size_t begin = at + sample.size() + 1;
        return text.substr(begin, text.find('\n', begin) - begin);
    }
    std::vector<std::string> logged() const {
        std::vector<std::string> lines;
        const std::string all = util::read_file(folder.file("requests.log"));
        for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1)
            lines.push_back(all.substr(at, all.find('\n', at) - at));
        return lines;
    }
    static bool has(const Response& response, const std::string& part) {
        return response.body.find(part) != std::string::npos;
    }
    // As another worker of the pool would count it.
    void answered(int status, std::chrono::microseconds time) {
        monitor::UnderWay under_way{worker, clock.now()};
        under_way.record({.route = pool.route("POST", "/api/message", true), .status = status, .time = time},
                         clock.now());
    }

    const std::string visitor = new_visitor();
};

BOOST_FIXTURE_TEST_SUITE(numbers_tests, NumbersFixture)

BOOST_AUTO_TEST_CASE(health_counts_what_was_asked_and_not_who_looks_on) {
    say("hello", visitor);
    for (int times = 0; times < 5; ++times) health();
    metrics();
    get("/health/live");
    const Response answer = health();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(has(answer, R"("requests":{"total":2,"errors":0,"error_rate":0.0,)"), answer.body);
}

BOOST_AUTO_TEST_CASE(health_tells_error_rate_and_percentiles_of_the_last_five_minutes) {
    clock.advance(std::chrono::minutes{6});  // the visitor's own request is older
    for (int number = 0; number < 90; ++number) answered(200, std::chrono::milliseconds{10});
    for (int number = 0; number < 10; ++number) answered(503, std::chrono::milliseconds{100});
    const Response answer = health();
    BOOST_TEST(has(answer, R"("total":101,"errors":10,"error_rate":0.1,)"), answer.body);
    const json::Document document{answer.body};
    const std::string p50 = answer.body.substr(answer.body.find("\"p50_ms\":") + 9, 4);
    const std::string p95 = answer.body.substr(answer.body.find("\"p95_ms\":") + 9, 4);
    BOOST_TEST(std::abs(std::stod(p50) - 10) < 0.2);
    BOOST_TEST(std::abs(std::stod(p95) - 100) < 2);
    answered(200, std::chrono::milliseconds{2000});
    clock.advance(std::chrono::seconds{1});  // what was told is kept for so long
    const std::string later = health().body;
    const std::size_t longest = later.find("\"max_ms\":");
    BOOST_REQUIRE(longest != std::string::npos);
    BOOST_TEST(std::abs(std::stod(later.substr(longest + 9)) - 2000) < 40);
    BOOST_TEST(later[later.find_first_of(",}", longest)] == '}');
    clock.advance(std::chrono::minutes{6});
    BOOST_TEST(
        has(health(),
            R"("errors":10,"error_rate":null,"p50_ms":null,"p95_ms":null,"p99_ms":null,"max_ms":null})"));
}

BOOST_AUTO_TEST_CASE(health_tells_of_the_pool) {
    worker.set_ready(true);
    clock.advance(std::chrono::seconds{100});
    pool.note_store(7, 4096);
    pool.note_memory(::getpid(), 5'000'000);
    pool.note_uptime({.day = 99.95});
    const Response answer = health();
    BOOST_TEST(has(answer, R"("uptime_s":101,"workers":{"configured":2,"ready":1,"restarts":0})"),
               answer.body);
    BOOST_TEST(has(answer, R"("store":{"status":"ok","users":7,"bytes":4096})"), answer.body);
    BOOST_TEST(
        has(answer, R"("memory_bytes":5000000,"sla":{"target":99.9,"day":99.95,"week":null,"month":null})"),
        answer.body);
}

BOOST_AUTO_TEST_CASE(health_is_degraded_while_the_legacy_build_serves) {
    BOOST_TEST(text_of(health(), "status") == "ok");
    util::write_file_atomically(folder.file("variant"), "legacy\n", 0600);
    BOOST_TEST(text_of(health(), "status") == "degraded");
    BOOST_TEST(text_of(health(), "variant") == "production");
    util::write_file_atomically(folder.file("variant"), "production\n", 0600);
    BOOST_TEST(text_of(health(), "status") == "ok");
}

BOOST_AUTO_TEST_CASE(a_worker_of_another_variant_says_so_in_health_and_replies) {
    assistant::Assistant other{files, responder, clock, {.variant = model::Variant::kLegacy}};
    const Api legacy{{.config = config,
                      .secrets = live_secrets,
                      .files = files,
                      .host = host,
                      .assistant = other,
                      .clock = clock,
                      .version = "test",
                      .data_folder = users_folder(),
                      .pool = pool,
                      .variant = model::Variant::kLegacy}};
    const Response answer = legacy.handle({.method = "GET", .target = "/health"});
    BOOST_TEST(text_of(answer, "variant") == "legacy");
    BOOST_TEST(text_of(answer, "status") == "degraded");
    Request message{
        .method = "POST", .target = "/api/message", .body = R"({"message": "hi", "message_id": "m"})"};
    message.headers["content-type"] = "application/json";
    message.headers["content-length"] = std::to_string(message.body.size());
    message = with_visitor(message, visitor);
    BOOST_TEST(text_of(legacy.handle(message), "reply.variant") == "legacy");
    // Stored with the reply: whoever repeats it is told the same.
    BOOST_TEST(text_of(send(message), "reply.variant") == "legacy");
}

BOOST_AUTO_TEST_CASE(each_answer_tells_how_long_it_took) {
    const auto timing = header_of(say("hello", visitor), "Server-Timing").value_or("");
    BOOST_TEST(timing.starts_with("total;dur="));
    BOOST_TEST(timing.find(", store;dur=") != std::string::npos);
    BOOST_TEST(timing.find(", recall;dur=") != std::string::npos);
    BOOST_TEST(header_of(get("/nothing"), "Server-Timing").value_or("").starts_with("total;dur="));
    Request slow{.method = "GET", .target = "/health/live", .accepted_at = clock.steady_now()};
    clock.advance(std::chrono::milliseconds{1500});
    BOOST_TEST(header_of(send(slow), "Server-Timing").value_or("") == "total;dur=1500.000");
}

BOOST_AUTO_TEST_CASE(metrics_count_by_the_routes_pattern) {
    const std::string session = text_of(say("hello", visitor), "session_id");
    get("/api/sessions/" + session, visitor);
    get("/api/sessions/no-such-session", visitor);
    get("/somewhere/secret");
    const std::string text = metrics();
    const auto count = [&](const std::string& route, const std::string& more) {
        return value_of(text,
                        "arq_requests_total{method=\"" + route + "\",variant=\"production\"" + more + "}");
    };
    BOOST_TEST(count(R"(POST",route="/api/message",status="2xx)", ",responder=\"embedded\"") == "1");
    BOOST_TEST(count(R"(GET",route="/api/sessions/{id}",status="2xx)", ",responder=\"\"") == "1");
    BOOST_TEST(count(R"(GET",route="/api/sessions/{id}",status="4xx)", ",responder=\"\"") == "1");
    BOOST_TEST(count(R"(",route="other",status="4xx)", ",responder=\"\"") == "1");
    BOOST_TEST(text.find(session) == std::string::npos);
    BOOST_TEST(text.find("secret") == std::string::npos);
    BOOST_TEST(
        value_of(
            text,
            R"(arq_request_duration_seconds_count{method="GET",route="/api/sessions/{id}",variant="production"})") ==
        "2");
    BOOST_TEST(value_of(text, R"(arq_worker_requests_total{worker="1",variant="production"})") == "5");
    BOOST_TEST(value_of(text, R"(arq_build_info{version="test",variant="production"})") == "1");
    BOOST_TEST(value_of(text, "arq_up") == "1");
}

BOOST_AUTO_TEST_CASE(metrics_have_buckets_that_only_grow) {
    for (const int ms : {1, 3, 30, 300, 3000}) answered(200, std::chrono::milliseconds{ms});
    const std::string text = metrics();
    const std::string message = R"({method="POST",route="/api/message",variant="production",le=")";
    const auto up_to = [&](const std::string& bound) {
        return value_of(text, "arq_request_duration_seconds_bucket" + message + bound + "\"}");
    };
    BOOST_TEST(up_to("0.002") == "1");
    BOOST_TEST(up_to("0.005") == "2");
    BOOST_TEST(up_to("0.1") == "3");
    BOOST_TEST(up_to("5") == "5");
    BOOST_TEST(up_to("+Inf") == "5");
}

BOOST_AUTO_TEST_CASE(metrics_tell_of_workers_and_of_the_pool) {
    pool.note_memory(::getpid(), 5'000'000);
    pool.note_serving(model::Variant::kLegacy);
    pool.note_probe(true, clock.now());
    pool.note_uptime({.day = 99.5});
    pool.note_failed(::getpid());
    const std::string text = metrics();
    BOOST_TEST(value_of(text, R"(arq_worker_memory_bytes{worker="1",variant="production"})") == "5000000");
    BOOST_TEST(value_of(text, R"(arq_worker_restarts_total{variant="production"})") == "0");
    BOOST_TEST(value_of(text, "arq_fallbacks_total") == "1");
    BOOST_TEST(value_of(text, R"(arq_probes_total{result="ok"})") == "1");
    BOOST_TEST(value_of(text, R"(arq_uptime_ratio{window="day"})") == "0.995");
    worker.release();
    BOOST_TEST(value_of(metrics(), R"(arq_worker_restarts_total{variant="production"})") == "1");
}

BOOST_AUTO_TEST_CASE(metrics_are_for_administrators_and_for_the_machine_itself) {
    const std::string admin = new_key(store::KeyRole::kAdmin);
    const std::string server = new_key(store::KeyRole::kServer);
    BOOST_TEST(ask_metrics(admin).status == 200);
    BOOST_TEST(header_of(ask_metrics(admin), "Content-Type").value_or("") ==
               "text/plain; version=0.0.4; charset=utf-8");
    const auto check = [](const Response& response, int status, const char* code) {
        BOOST_TEST(response.status == status);
        BOOST_TEST(code_of(response) == code);
    };
    check(ask_metrics(), 401, "credentials_required");
    check(ask_metrics({}, ""), 401, "credentials_required");
    check(ask_metrics("arq-nobody-knows"), 401, "invalid_key");
    check(ask_metrics(server), 403, "forbidden");
    check(ask_metrics(server, "127.0.0.1"), 403, "forbidden");
    BOOST_TEST(header_of(ask_metrics(), "WWW-Authenticate").value_or("") == "Bearer");
    for (const char* address : {"127.0.0.1", "127.8.9.10", "::1"})
        BOOST_TEST(ask_metrics({}, address).status == 200);
    for (const char* address : {"128.0.0.1", "10.0.0.1", "::2", "unix:"})
        BOOST_TEST(ask_metrics({}, address).status == 401, address);
    for (const char* header : {"x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-proto"}) {
        Request request{.method = "GET", .target = "/metrics", .remote_address = "127.0.0.1"};
        request.headers[header] = "203.0.113.7";
        BOOST_TEST(send(request).status == 401, header);
    }
}

BOOST_AUTO_TEST_CASE(each_request_is_one_line_of_the_log_without_anything_private) {
    say("my secret is zanzibar", visitor);
    const std::string session = text_of(say("hello", visitor), "session_id");
    get("/api/sessions/" + session + "?limit=zanzibar", visitor);
    const auto lines = logged();
    BOOST_REQUIRE(lines.size() == 4U);
    for (const std::string& line : lines) {
        BOOST_TEST(line.find("zanzibar") == std::string::npos);
        BOOST_TEST(line.find(visitor) == std::string::npos);
        BOOST_TEST(line.find(session) == std::string::npos);
    }
    const json::Document document{lines[1]};
    json::Object message = document.root();
    BOOST_TEST(message.required_string("time").starts_with("2026-11-24T06:00:0"));
    BOOST_TEST(message.required_string("id") == "request-2");
    BOOST_TEST(message.required_string("method") == "POST");
    BOOST_TEST(message.required_string("route") == "/api/message");
    BOOST_TEST(message.required_string("variant") == "production");
    BOOST_TEST(message.required_string("worker") == "1");
    BOOST_TEST(message.required_string("responder") == "embedded");
    BOOST_TEST(lines[1].find(R"("status":200,"ms":)") != std::string::npos);
    BOOST_TEST(lines[3].find(R"("route":"/api/sessions/{id}","status":400,)") != std::string::npos, lines[3]);
    BOOST_TEST(lines[3].ends_with(R"("responder":null})"));
}

BOOST_AUTO_TEST_CASE(probes_of_the_watch_are_counted_and_not_logged) {
    const auto ask = [&](const std::string& target, const std::string& program) {
        Request request{.method = "GET", .target = target};
        request.headers["user-agent"] = program;
        send(request);
    };
    const std::size_t before = logged().size();
    ask("/health/live", kProbeUserAgent);
    BOOST_TEST(logged().size() == before);
    ask("/health/live", "curl/7.88");
    ask("/api/sessions", kProbeUserAgent);
    BOOST_TEST(logged().size() == before + 2);
    BOOST_TEST(
        value_of(
            metrics(),
            R"(arq_request_duration_seconds_count{method="GET",route="/health/live",variant="production"})") ==
        "2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::http
