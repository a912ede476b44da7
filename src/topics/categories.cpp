// SPDX-License-Identifier: MIT
#include "arq/topics/categories.h"

#include <algorithm>
#include <map>
#include <string>

#include "arq/util/error.h"
#include "arq/util/text.h"
#include "topics/model.h"

namespace arq::topics {
namespace {

constexpr std::size_t kFewestSentences = 4;

[[noreturn]] void refuse(std::size_t line, const std::string& what) {
    throw Error{ErrorCode::kConfiguration, "categories, line " + std::to_string(line) + ": " + what};
}

void add_words(std::string_view line, std::string_view category, std::vector<Sample>& samples) {
    while (!(line = util::trim(line)).empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        samples.push_back({.text = line.substr(0, end), .label = category, .is_word = true});
        line.remove_prefix(end);
    }
}

}  // namespace

std::vector<Sample> read_categories(std::string_view text) {
    std::vector<Sample> samples;
    std::string_view category;
    bool has_section = false;
    std::size_t number = 0;
    while (!text.empty()) {
        ++number;
        const std::size_t end = text.find('\n');
        const std::string_view whole = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!util::is_valid_utf8(whole)) refuse(number, "save the file as UTF-8");
        const std::string_view line = util::trim(whole);
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[') {
            if (line.back() != ']') refuse(number, "a category's name ends with ]");
            category = util::trim(line.substr(1, line.size() - 2));
            if (category.empty() || category.size() > kLongestLabelBytes ||
                util::has_control_characters(category))
                refuse(number, "a category's name has 1 to 64 bytes");
            if (category == "-") category = {};
            has_section = true;
        } else {
            if (!has_section) refuse(number, "name a category before its sentences, as in [family]");
            if (line.front() == '+')
                add_words(line.substr(1), category, samples);
            else
                samples.push_back({.text = line, .label = category});
        }
    }
    return samples;
}

std::vector<std::byte> train_categories(std::string_view text) {
    const std::vector<Sample> samples = read_categories(text);
    std::map<std::string_view, std::size_t> counts;
    for (const Sample& sample : samples)
        if (!sample.label.empty() && !sample.is_word) ++counts[sample.label];
    for (const auto& [label, count] : counts)
        if (count < kFewestSentences)
            throw Error{ErrorCode::kConfiguration, "categories: " + std::string{label} + " has " +
                                                       std::to_string(count) +
                                                       " sentences; give each at least 4, better 20"};
    return train(samples, kCategoryTraining);
}

}  // namespace arq::topics
