// SPDX-License-Identifier: MIT
#include "store/full_text.h"

#include <string_view>

namespace arq::store {

std::string join_stems(const std::vector<std::string>& stems) {
    std::string joined;
    for (const std::string& stem : stems) {
        if (!joined.empty()) joined += ' ';
        joined += stem;
    }
    return joined;
}

namespace {

std::string join_quoted(const std::vector<std::string>& stems, std::string_view between) {
    std::string match;
    for (const std::string& stem : stems) {
        if (!match.empty()) match += between;
        match += '"';
        for (const char letter : stem) {
            if (letter == '"') match += '"';
            match += letter;
        }
        match += '"';
    }
    return match;
}

}  // namespace

std::string match_any(const std::vector<std::string>& stems) {
    return join_quoted(stems, " OR ");
}

std::string match_all(const std::vector<std::string>& stems) {
    return join_quoted(stems, " AND ");
}

std::string list_terms(const std::vector<std::string>& stems) {
    std::string list = "[";
    for (const std::string& stem : stems) {
        if (list.size() > 1) list += ',';
        list += '"';
        for (const char letter : stem) {
            if (letter == '"' || letter == '\\') list += '\\';
            list += letter;
        }
        list += '"';
    }
    return list += ']';
}

}  // namespace arq::store
