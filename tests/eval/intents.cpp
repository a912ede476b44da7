// SPDX-License-Identifier: MIT
//
// The classifier of topics: on the 150 intents of CLINC150, trained on its training part; and as it ships, on
// the third of its own sentences that is left out, and on those intents of CLINC150 that are plainly of one
// category.
#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "arq/topics/categories.h"
#include "arq/topics/topics.h"
#include "arq/util/file.h"
#include "arq/util/text.h"
#include "eval/eval.h"

namespace arq::eval {
namespace {

namespace fs = std::filesystem;
using topics::Classifier;
using topics::Sample;

class Clinc {
public:
    explicit Clinc(const fs::path& file) {
        document_.Parse(util::read_file(file).c_str());
        if (!document_.IsObject()) throw std::runtime_error(file.string() + " is no object of JSON");
    }
    std::vector<Sample> part(const char* name) const {
        std::vector<Sample> samples;
        for (const auto& row : document_[name].GetArray())
            samples.push_back({.text = view(row[0]), .label = view(row[1])});
        return samples;
    }

private:
    static std::string_view view(const rapidjson::Value& text) {
        return {text.GetString(), text.GetStringLength()};
    }
    rapidjson::Document document_;
};

// How often something that belongs has a higher probability than something that doesn't.
double area_under_curve(const std::vector<double>& inside, const std::vector<double>& outside) {
    double wins = 0;
    for (const double a : inside)
        for (const double b : outside) wins += a > b ? 1 : (a == b ? 0.5 : 0);
    return wins / static_cast<double>(inside.size() * outside.size());
}

std::vector<Row> judge_intents(const Clinc& data) {
    std::vector<Sample> training = data.part("train");
    for (const Sample& sample : data.part("oos_train")) training.push_back({.text = sample.text});
    const std::vector<std::byte> model =
        topics::train(training, {.limit_bytes = 600'000, .least_samples = 4});
    const Classifier classifier{model};

    std::size_t right = 0;
    std::vector<double> inside;
    std::vector<double> outside;
    const std::vector<Sample> validation = data.part("val");
    for (const Sample& sample : validation) {
        const topics::Verdict verdict = classifier.classify(sample.text);
        if (verdict.label == sample.label) ++right;
        inside.push_back(verdict.probability);
    }
    for (const Sample& sample : data.part("oos_val"))
        outside.push_back(classifier.classify(sample.text).probability);
    const std::string set = "CLINC150 validation";
    return {{.task = "intents, 150 classes: accuracy",
             .data = set,
             .n = validation.size(),
             .value = static_cast<double>(right) / static_cast<double>(validation.size()),
             .reference = "92.1 %",
             .goal = "94 %"},
            {.task = "intents: AUROC of out-of-scope",
             .data = set,
             .n = inside.size() + outside.size(),
             .value = area_under_curve(inside, outside),
             .reference = "94.9 %",
             .goal = "96 %"},
            {.task = "intents: size of the model",
             .data = set,
             .n = 1,
             .value = static_cast<double>(model.size()) / 1000,
             .reference = "600 kB",
             .unit = "kB"}};
}

struct Shares {
    std::size_t n = 0, right = 0, given = 0, given_right = 0;

    void add(const topics::Verdict& verdict, std::string_view label) {
        const bool is_right = verdict.label == label;
        ++n;
        right += is_right ? 1 : 0;
        if (verdict.probability < topics::kLeastProbability) return;
        ++given;
        given_right += is_right ? 1 : 0;
    }
    void tell(const std::string& task, const std::string& set, std::vector<Row>& rows) const {
        const auto share = [](std::size_t part, std::size_t all) {
            return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
        };
        rows.push_back(
            {.task = task + ": likeliest is right", .data = set, .n = n, .value = share(right, n)});
        rows.push_back(
            {.task = task + ": a category is given", .data = set, .n = n, .value = share(given, n)});
        rows.push_back({.task = task + ": one given is right",
                        .data = set,
                        .n = given,
                        .value = share(given_right, given)});
    }
};

// Pairs of sentences that neither was trained on: noticed where the categories differ, and where they don't.
struct Changes {
    std::size_t between = 0, noticed = 0, within = 0, false_alarms = 0;
};

void judge_changes(const std::vector<Sample>& held_out, const Classifier& classifier, Changes& changes) {
    const auto judge = [&](const Sample& before, const Sample& message) {
        if (before.label.empty() || message.label.empty() || message.label == "small talk" ||
            before.label == "small talk")
            return;
        const std::array<std::string_view, 1> said{before.text};
        const bool is_noticed = topics::changes_topic(message.text, said, classifier);
        const bool is_within = before.label == message.label;
        ++(is_within ? changes.within : changes.between);
        if (is_noticed) ++(is_within ? changes.false_alarms : changes.noticed);
    };
    constexpr std::size_t kElsewhere = 37;  // sentences on, in another category
    for (std::size_t at = 0; at + kElsewhere < held_out.size(); ++at) {
        judge(held_out[at], held_out[at + 1]);
        judge(held_out[at], held_out[at + kElsewhere]);
    }
}

std::vector<Row> judge_own_sentences(const fs::path& folder) {
    constexpr std::size_t kParts = 3;
    const std::string text = util::read_file(folder / "en.txt") + "\n" + util::read_file(folder / "ru.txt");
    const std::vector<Sample> all = topics::read_categories(text);
    std::map<util::Language, Shares> shares;
    std::size_t strangers = 0;
    std::size_t strangers_given = 0;
    Changes changes;
    for (std::size_t part = 0; part < kParts; ++part) {
        std::vector<Sample> training;
        std::vector<Sample> held_out;
        for (std::size_t at = 0; at < all.size(); ++at)
            (at % kParts == part && !all[at].is_word ? held_out : training).push_back(all[at]);
        const std::vector<std::byte> model = topics::train(training, topics::kCategoryTraining);
        const Classifier classifier{model};
        for (const Sample& sample : held_out) {
            const topics::Verdict verdict = classifier.classify(sample.text);
            if (!sample.label.empty()) {
                shares[util::detect_language(sample.text, util::Language::kEnglish)].add(verdict,
                                                                                         sample.label);
                continue;
            }
            ++strangers;
            if (verdict.probability >= topics::kLeastProbability) ++strangers_given;
        }
        judge_changes(held_out, classifier, changes);
    }
    const std::string set = "own, held out by thirds";
    std::vector<Row> rows;
    shares[util::Language::kEnglish].tell("categories, English", set, rows);
    shares[util::Language::kRussian].tell("categories, Russian", set, rows);
    const auto share = [](std::size_t part, std::size_t whole) {
        return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    rows.push_back({.task = "categories: one given where none fits",
                    .data = set,
                    .n = strangers,
                    .value = share(strangers_given, strangers)});
    rows.push_back({.task = "change of topic: noticed",
                    .data = set,
                    .n = changes.between,
                    .value = share(changes.noticed, changes.between)});
    rows.push_back({.task = "change of topic: false alarms",
                    .data = set,
                    .n = changes.within,
                    .value = share(changes.false_alarms, changes.within)});
    return rows;
}

// The intents that are plainly of one category.
constexpr std::pair<std::string_view, std::string_view> kPlainIntents[] = {
    {"travel",
     " book_flight book_hotel flight_status lost_luggage travel_suggestion travel_notification travel_alert "
     "international_visa carry_on "},
    {"transport",
     " traffic directions gas gas_type mpg oil_change_how oil_change_when tire_change tire_pressure "
     "jump_start last_maintenance uber schedule_maintenance "},
    {"money",
     " balance bill_balance bill_due credit_limit credit_score transactions transfer taxes interest_rate "
     "spending_history pay_bill min_payment rollover_401k income credit_limit_change improve_credit_score "
     "pin_change freeze_account report_fraud apr exchange_rate "},
    {"food",
     " recipe ingredient_substitution cook_time food_last nutrition_info calories meal_suggestion "
     "restaurant_suggestion restaurant_reviews ingredients_list "},
    {"weather", " weather "},
    {"work", " pto_request pto_balance "},
    {"shopping", " order order_status shopping_list shopping_list_update "},
    {"appointments", " reminder reminder_update alarm timer calendar calendar_update schedule_meeting "},
    {"entertainment", " play_music what_song update_playlist tell_joke "},
    {"small talk",
     " greeting goodbye thank_you how_old_are_you what_is_your_name are_you_a_bot who_made_you "
     "where_are_you_from "},
};

std::vector<Row> judge_shipped(const Clinc& data) {
    const Classifier classifier = topics::shipped_categories();
    Shares shares;
    for (const Sample& sample : data.part("val")) {
        std::string padded{" "};
        padded.append(sample.label).append(" ");
        for (const auto& [category, intents] : kPlainIntents)
            if (intents.find(padded) != std::string_view::npos)
                shares.add(classifier.classify(sample.text), category);
    }
    std::vector<Row> rows;
    shares.tell("categories as they ship", "CLINC150, plain intents", rows);
    rows.push_back({.task = "categories: size of the model",
                    .data = "as it ships",
                    .n = 1,
                    .value = static_cast<double>(classifier.size_bytes()) / 1000,
                    .goal = "300 kB",
                    .unit = "kB"});
    return rows;
}

}  // namespace

std::vector<Row> measure_intents(const fs::path& data, const fs::path& project) {
    std::vector<Row> rows;
    const auto append = [&](std::vector<Row> more) {
        std::move(more.begin(), more.end(), std::back_inserter(rows));
    };
    const fs::path file = data / "intents/clinc150.json";
    if (fs::exists(file)) {
        const Clinc clinc{file};
        append(judge_intents(clinc));
        append(judge_shipped(clinc));
    }
    append(judge_own_sentences(project / "src/topics/categories"));
    return rows;
}

}  // namespace arq::eval
