// SPDX-License-Identifier: MIT
#include "arq/model/conversation.h"

namespace arq::model {

std::string_view variant_name(Variant variant) {
    switch (variant) {
        case Variant::kCanary:
            return "canary";
        case Variant::kLegacy:
            return "legacy";
        case Variant::kProduction:
            break;
    }
    return "production";
}

std::optional<Variant> parse_variant(std::string_view name) {
    for (const Variant variant : {Variant::kProduction, Variant::kCanary, Variant::kLegacy})
        if (name == variant_name(variant)) return variant;
    return std::nullopt;
}

}  // namespace arq::model
