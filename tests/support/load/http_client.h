// SPDX-License-Identifier: MIT
//
// One kept HTTP connection, used by one thread.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

namespace load {

using Headers = std::vector<std::string>;  // "Name: value"

struct Answer {
    std::string failure;  // empty: an answer came, whatever its status
    int status = 0;
    std::string content_type;
    std::string body;
    double milliseconds = 0;
};

class HttpClient {
public:
    HttpClient();

    Answer get(const std::string& url, const Headers& headers);
    Answer post(const std::string& url, const Headers& headers, const std::string& body);

private:
    Answer perform(const std::string& url, const Headers& headers);
    static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* client);
    static int take_trace(CURL*, curl_infotype type, char* data, std::size_t size, void* client);

    std::unique_ptr<CURL, void (*)(CURL*)> curl_;
    std::string body_;    // of the answer that is being read
    int times_sent_ = 0;  // how often libcurl has sent the request that is being made
};

}  // namespace load
