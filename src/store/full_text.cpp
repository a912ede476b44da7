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

}  // namespace arq::store
