// SPDX-License-Identifier: MIT
//
// What must hold for any bytes that somebody sends. Each check takes one input, whole, and throws where
// something doesn't hold; the fuzzer (main.cpp) makes inputs up, a unit test replays the corpus.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace arq::fuzz {

struct Check {
    std::string_view name;  // of its folder in corpus/
    void (*run)(std::string_view input);
};
std::span<const Check> checks();

struct Violated : std::logic_error {
    using std::logic_error::logic_error;
};
inline void require(bool holds, const std::string& what) {
    if (!holds) throw Violated{what};
}

// UTF-8 by the table of RFC 3629, independent of the product's.
bool is_utf8(std::string_view text);

// The lines of an input that consists of several texts; at least one.
std::vector<std::string_view> split(std::string_view input, char separator);

void check_answer(std::string_view input);       // a worker's records -> an answer
void check_api(std::string_view input);          // a whole request -> a response
void check_config(std::string_view input);       // arq.json, and what nginx is told of it
void check_credentials(std::string_view input);  // cookie, visitor, key
void check_dates(std::string_view input);        // what a text says of time
void check_encodings(std::string_view input);    // hexadecimal, base64url, ids, time zones
void check_json(std::string_view input);         // documents
void check_memory(std::string_view input);       // what is kept of a message
void check_message(std::string_view input);      // the body of POST /api/message
void check_parameters(std::string_view input);   // FastCGI's parameters -> a request
void check_search(std::string_view input);       // full-text expressions, on SQLite itself
void check_target(std::string_view input);       // path and query
void check_text(std::string_view input);         // words and stems

}  // namespace arq::fuzz
