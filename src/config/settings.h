// SPDX-License-Identifier: MIT
//
// The one table of settings, from which parsing, look-up and documentation are made.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "arq/config/config.h"

namespace arq::config {

struct IntegerSetting {
    std::int64_t& (*field)(Config&);
    std::int64_t initial, least, most;
};
struct TextSetting {
    std::string& (*field)(Config&);
    std::string_view initial;
    bool (*is_valid)(std::string_view);
    std::string_view expected;
};
struct FlagSetting {
    bool& (*field)(Config&);
    bool initial;
};

struct ListSetting {
    std::vector<std::string>& (*field)(Config&);
    bool (*is_valid)(std::string_view);
    std::string_view expected;  // of each item
};

struct Setting {
    std::string_view section, name;
    std::variant<IntegerSetting, TextSetting, FlagSetting, ListSetting> type;
    std::string_view purpose;
};

std::span<const Setting> settings();  // grouped by section

}  // namespace arq::config
