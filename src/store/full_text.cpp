// SPDX-License-Identifier: MIT
#include "store/full_text.h"

namespace arq::store {

std::string join_stems(const std::vector<std::string>& stems) {
    std::string joined;
    for (const std::string& stem : stems) {
        if (!joined.empty()) joined += ' ';
        joined += stem;
    }
    return joined;
}

std::string match_any(const std::vector<std::string>& stems) {
    std::string match;
    for (const std::string& stem : stems) {
        if (!match.empty()) match += " OR ";
        match += '"';
        for (const char letter : stem) {
            if (letter == '"') match += '"';
            match += letter;
        }
        match += '"';
    }
    return match;
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
