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

std::string_view finish_name(Finish finish) {
    switch (finish) {
        case Finish::kLength:
            return "length";
        case Finish::kCut:
            return "cut";
        case Finish::kStopped:
            return "stopped";
        case Finish::kStop:
            break;
    }
    return "stop";
}

std::optional<Finish> parse_finish(std::string_view name) {
    for (const Finish finish : {Finish::kStop, Finish::kLength, Finish::kCut, Finish::kStopped})
        if (name == finish_name(finish)) return finish;
    return std::nullopt;
}

}  // namespace arq::model
