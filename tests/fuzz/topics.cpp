// SPDX-License-Identifier: MIT
#include <cstring>

#include "arq/topics/categories.h"
#include "arq/topics/topics.h"
#include "arq/util/error.h"
#include "fuzz/checks.h"

namespace arq::fuzz {
namespace {

void check_message_topics(std::string_view message) {
    const topics::Classifier categories = topics::shipped_categories();
    topics::TermCounts counts{.messages = 10};
    for (const std::string& stem : topics::topic_stems(message)) {
        require(!stem.empty() && is_utf8(stem), "a stem that is no word");
        counts.terms.push_back({.stem = stem, .messages = static_cast<std::int64_t>(counts.terms.size())});
    }
    const auto found = topics::find_topics(message, counts, categories);
    require(found.size() <= 3, "too many topics");
    double sum = 0;
    for (const model::Topic& topic : found) {
        require(!topic.name.empty() && is_utf8(topic.name), "a topic without a name");
        require(topic.score >= 0 && topic.score <= 1, "a score beyond 0 to 1");
        sum += topic.score;
    }
    require(sum <= 1.0001, "shares of more than there is");
    const std::string_view before[] = {"My dog has fleas, should I call the vet?", message};
    require(!topics::changes_topic(message, before, categories) || !topics::topic_stems(message).empty(),
            "nothing is named, and yet the topic changes");
    require(topics::topic_stems(message).empty() || !topics::changes_topic(message, before, categories),
            "the same words twice are a change of topic");
}

// A model whose bytes are somebody's: it is refused, or can be asked.
void check_model(std::string_view input) {
    std::vector<std::byte> bytes(input.size());
    std::memcpy(bytes.data(), input.data(), input.size());
    try {
        const topics::Classifier classifier{bytes};
        const topics::Verdict verdict = classifier.classify(input);
        require(!verdict.label.empty(), "a label without a name");
    } catch (const Error& error) {
        require(error.code() == ErrorCode::kConfiguration, "an error of another kind");
    }
}

void check_file(std::string_view input) {
    try {
        const std::vector<topics::Sample> samples = topics::read_categories(input);
        for (const topics::Sample& sample : samples)
            require(!sample.text.empty() && is_utf8(sample.text), "a sentence that is none");
        if (samples.size() > 40) return;  // training takes its time
        const std::vector<std::byte> model = topics::train_categories(input);
        const topics::Verdict verdict = topics::Classifier{model}.classify(input);
        require(verdict.probability >= 0 && verdict.probability <= 1, "a probability beyond 0 to 1");
    } catch (const Error& error) {
        require(error.code() == ErrorCode::kConfiguration, "an error of another kind");
    }
}

}  // namespace

// A message; and the same bytes as a file of categories and as a model.
void check_topics(std::string_view input) {
    if (is_utf8(input)) check_message_topics(input);
    check_file(input);
    check_model(input);
}

}  // namespace arq::fuzz
