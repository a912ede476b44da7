// SPDX-License-Identifier: MIT
#include "http_client.h"

#include <new>

namespace load {
namespace {

constexpr long kTimeoutSeconds = 60;

}  // namespace

HttpClient::HttpClient() : curl_(curl_easy_init(), curl_easy_cleanup) {
    if (!curl_) throw std::bad_alloc();
}

Answer HttpClient::get(const std::string& url, const Headers& headers) {
    curl_easy_reset(curl_.get());  // keeps the connection
    return perform(url, headers);
}

Answer HttpClient::post(const std::string& url, const Headers& headers, const std::string& body) {
    curl_easy_reset(curl_.get());
    curl_easy_setopt(curl_.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(curl_.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    return perform(url, headers);
}

Answer HttpClient::perform(const std::string& url, const Headers& headers) {
    curl_slist* raw_list = nullptr;
    for (const std::string& header : headers) raw_list = curl_slist_append(raw_list, header.c_str());
    const std::unique_ptr<curl_slist, void (*)(curl_slist*)> list(raw_list, curl_slist_free_all);

    CURL* curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, kTimeoutSeconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &HttpClient::take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    // libcurl sends a request again by itself when a kept connection turns out to be closed, and has no
    // option against it; its trace tells.
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &HttpClient::take_trace);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, this);
    body_.clear();
    times_sent_ = 0;

    const CURLcode code = curl_easy_perform(curl);
    Answer answer;
    if (code != CURLE_OK) {
        answer.failure = curl_easy_strerror(code);
    } else if (times_sent_ > 1) {
        answer.failure = "the kept connection was closed under the request";
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    const char* content_type = nullptr;
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &content_type);
    if (content_type != nullptr) answer.content_type = content_type;
    double seconds = 0;
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &seconds);
    answer.milliseconds = seconds * 1000;
    answer.body = std::move(body_);
    return answer;
}

std::size_t HttpClient::take_body(char* data, std::size_t size, std::size_t count, void* client) {
    static_cast<HttpClient*>(client)->body_.append(data, size * count);
    return size * count;
}

int HttpClient::take_trace(CURL*, curl_infotype type, char*, std::size_t, void* client) {
    if (type == CURLINFO_HEADER_OUT) ++static_cast<HttpClient*>(client)->times_sent_;
    return 0;
}

}  // namespace load
