// SPDX-License-Identifier: MIT
#include "arq/context/window.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "arq/context/tokens.h"
#include "arq/util/text.h"

namespace arq::context {
namespace {

// How much a turn is worth as the talk goes on: the last one all, the fifth before it half.
double worth_of_turn(std::size_t turns_behind) {
    constexpr double kHalfAfter = 5;
    return kHalfAfter / (kHalfAfter + static_cast<double>(turns_behind));
}

// One part of the prompt while it is filled: what it holds, in the order in which it is offered.
class Part {
public:
    // By worth; of equals the first.
    static Part of_items(const std::vector<Item>& items) {
        Part part{items.size(), kPartTokens};
        for (const Item& item : items) {
            part.costs_.push_back(estimate_tokens(item.text) + kItemTokens);
            part.worths_.push_back(item.worth);
        }
        std::stable_sort(part.order_.begin(), part.order_.end(),
                         [&](std::size_t a, std::size_t b) { return part.worths_[a] > part.worths_[b]; });
        return part;
    }

    // The newest first, and behind one that doesn't fit no older one.
    static Part of_turns(const std::vector<Turn>& turns, double worth) {
        Part part{turns.size(), 0};
        part.is_gapless_ = true;
        for (std::size_t at = 0; at < turns.size(); ++at) {
            part.costs_.push_back(
                estimate_tokens(turns[at].message) + kMessageTokens +
                (turns[at].reply.empty() ? 0 : estimate_tokens(turns[at].reply) + kMessageTokens));
            part.worths_.push_back(worth * worth_of_turn(turns.size() - 1 - at));
        }
        std::reverse(part.order_.begin(), part.order_.end());
        return part;
    }

    bool has_next() const { return next_ < order_.size(); }
    double next_worth() const { return worths_[order_[next_]]; }
    std::size_t next_cost() const { return costs_[order_[next_]] + (used_ == 0 ? heading_ : 0); }
    std::size_t used() const { return used_; }

    void take_next() {
        used_ += next_cost();
        taken_[order_[next_]] = true;
        ++next_;
    }

    // What comes behind may fit; where no gap may be left, it may not.
    void pass_over_next() {
        if (is_gapless_)
            next_ = order_.size();
        else
            ++next_;
    }

    // As much as fits into `limit`; what doesn't is offered again, unless it can't be had at all.
    void fill_to(std::size_t limit) {
        std::vector<std::size_t> left;
        for (; has_next(); ++next_) {
            if (used_ + next_cost() <= limit) {
                used_ += next_cost();
                taken_[order_[next_]] = true;
            } else if (is_gapless_) {
                return;
            } else {
                left.push_back(order_[next_]);
            }
        }
        order_ = std::move(left);
        next_ = 0;
    }

    bool is_taken(std::size_t item) const { return taken_[item]; }

private:
    Part(std::size_t size, std::size_t heading) : heading_(heading), order_(size), taken_(size) {
        std::iota(order_.begin(), order_.end(), std::size_t{0});
    }

    std::size_t heading_;
    bool is_gapless_ = false;
    std::vector<std::size_t> order_;  // still to be offered, from next_ on
    std::vector<bool> taken_;
    std::vector<std::size_t> costs_;
    std::vector<double> worths_;
    std::size_t next_ = 0;
    std::size_t used_ = 0;
};

// The beginning without what of its last word was cut.
std::string_view whole_words_of_head(std::string_view text, std::size_t bytes) {
    const std::string_view head = util::truncate(text, bytes);
    const std::size_t blank = head.find_last_of(" \n");
    return head.size() == text.size() || blank == std::string_view::npos ? head : head.substr(0, blank);
}

std::string_view whole_words_of_tail(std::string_view text, std::size_t bytes) {
    if (bytes >= text.size()) return text;
    std::size_t begin = text.size() - bytes;
    while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80) ++begin;
    const std::string_view tail = text.substr(begin);
    const std::size_t blank = tail.find_first_of(" \n");
    return blank == std::string_view::npos ? tail : tail.substr(blank + 1);
}

std::string leave_middle_out(std::string_view text, std::size_t kept_bytes) {
    const std::size_t tail_bytes = kept_bytes / 3;
    std::string result{util::trim(whole_words_of_head(text, kept_bytes - tail_bytes))};
    result += kOmission;
    result += util::trim(whole_words_of_tail(text, tail_bytes));
    return result;
}

// As much of both its ends as fits; empty where nothing does.
std::string shorten(std::string_view text, std::size_t limit_tokens) {
    std::size_t fits = 0;
    std::size_t too_much = text.size();
    while (fits + 1 < too_much) {
        const std::size_t middle = fits + (too_much - fits) / 2;
        (estimate_tokens(leave_middle_out(text, middle)) <= limit_tokens ? fits : too_much) = middle;
    }
    std::string result = leave_middle_out(text, fits);
    return fits > 0 && estimate_tokens(result) <= limit_tokens ? result : std::string{};
}

std::vector<std::string> texts_of(const std::vector<Item>& items, const Part& part) {
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < items.size(); ++at)
        if (part.is_taken(at)) texts.push_back(items[at].text);
    return texts;
}

}  // namespace

Window fill_window(const Material& material, std::size_t budget_tokens, const Shares& shares) {
    constexpr std::size_t kFrame = kPromptTokens + kMessageTokens;
    Window window{.message = material.message, .budget_tokens = budget_tokens};
    std::size_t message_tokens = estimate_tokens(material.message);
    if (message_tokens + kFrame > budget_tokens) {
        window.is_message_cut = true;
        window.message =
            budget_tokens > kFrame ? shorten(material.message, budget_tokens - kFrame) : std::string{};
        message_tokens = estimate_tokens(window.message);
        window.prompt_tokens = window.message.empty() ? 0 : message_tokens + kFrame;
        return window;
    }
    const std::size_t room = budget_tokens - message_tokens - kFrame;

    std::array parts{Part::of_items(material.instructions), Part::of_items(material.facts),
                     Part::of_items(material.summary), Part::of_items(material.quotes),
                     Part::of_turns(material.turns, material.turns_worth)};
    const std::array percents{shares.instructions, shares.facts, shares.summary, shares.quotes, shares.turns};
    std::size_t left = room;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        parts.at(at).fill_to(std::min(left, room * static_cast<std::size_t>(percents.at(at)) / 100));
        left -= parts.at(at).used();
    }
    // What is left over goes to whatever is worth most, wherever it belongs.
    while (true) {
        Part* best = nullptr;
        for (Part& part : parts)
            if (part.has_next() && (best == nullptr || part.next_worth() > best->next_worth())) best = &part;
        if (best == nullptr) break;
        const std::size_t cost = best->next_cost();
        if (cost > left) {
            best->pass_over_next();
            continue;
        }
        best->take_next();
        left -= cost;
    }

    window.instructions = texts_of(material.instructions, parts[0]);
    window.facts = texts_of(material.facts, parts[1]);
    window.summary = texts_of(material.summary, parts[2]);
    window.quotes = texts_of(material.quotes, parts[3]);
    for (std::size_t at = 0; at < material.turns.size(); ++at)
        if (parts[4].is_taken(at)) window.turns.push_back(material.turns[at]);
    window.prompt_tokens = budget_tokens - left;
    return window;
}

}  // namespace arq::context
