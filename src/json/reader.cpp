// SPDX-License-Identifier: MIT
#include "arq/json/reader.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>

#include <algorithm>
#include <set>

#include "arq/util/error.h"
#include "arq/util/text.h"

namespace arq::json {
namespace {

using Value = rapidjson::Value;

const Value& node(const void* value) {
    return *static_cast<const Value*>(value);
}

std::string_view text_of(const Value& value) {
    return {value.GetString(), value.GetStringLength()};
}

[[noreturn]] void reject(const std::string& path, const std::string& expected) {
    throw Error{ErrorCode::kInvalidValue, "`" + path + "` must be " + expected, path};
}

// Stands between the parser and the document: stops at the depth limit, at a name that stands twice
// in one object, and at a string that we do not take. (The parser itself checks the UTF-8 of the
// source but lets a lone low surrogate through as an escape.)
class Guard {
public:
    Guard(rapidjson::Document& document, std::size_t depth_limit)
        : document_(document), limit_(depth_limit) {}

    bool Null() { return value_read() && document_.Null(); }
    bool Bool(bool b) { return value_read() && document_.Bool(b); }
    bool Int(int i) { return value_read() && document_.Int(i); }
    bool Uint(unsigned i) { return value_read() && document_.Uint(i); }
    bool Int64(std::int64_t i) { return value_read() && document_.Int64(i); }
    bool Uint64(std::uint64_t i) { return value_read() && document_.Uint64(i); }
    bool Double(double d) { return value_read() && document_.Double(d); }
    bool RawNumber(const char* text, rapidjson::SizeType length, bool copy) {
        return document_.RawNumber(text, length, copy);
    }
    bool String(const char* text, rapidjson::SizeType length, bool copy) {
        return check_string({text, length}) && value_read() && document_.String(text, length, copy);
    }
    bool Key(const char* text, rapidjson::SizeType length, bool copy) {
        const std::string_view name{text, length};
        if (!check_string(name)) return false;
        if (!names_.back().emplace(name).second) {
            problem_ = Error{ErrorCode::kDuplicateField,
                             "`" + std::string{name} + "` stands twice: send it once", std::string{name}};
            return false;
        }
        last_name_ = name;
        at_value_ = true;
        return document_.Key(text, length, copy);
    }
    bool StartObject() {
        names_.emplace_back();
        in_array_.push_back(false);
        at_value_ = false;
        return enter() && document_.StartObject();
    }
    bool EndObject(rapidjson::SizeType members) {
        names_.pop_back();
        in_array_.pop_back();
        at_value_ = false;
        --depth_;
        return document_.EndObject(members);
    }
    bool StartArray() {
        in_array_.push_back(true);
        return enter() && document_.StartArray();
    }
    bool EndArray(rapidjson::SizeType elements) {
        in_array_.pop_back();
        at_value_ = false;
        --depth_;
        return document_.EndArray(elements);
    }

    const std::optional<Error>& problem() const { return problem_; }
    // The field whose value the parser is at; empty where it is at a name.
    std::string current_field() const {
        const bool inside = at_value_ || (!in_array_.empty() && in_array_.back());
        return inside ? last_name_ : std::string{};
    }

private:
    bool enter() {
        if (++depth_ <= limit_) return true;
        problem_ = Error{ErrorCode::kInvalidJson,
                         "JSON is nested deeper than " + std::to_string(limit_) + " levels"};
        return false;
    }
    bool value_read() {
        at_value_ = false;
        return true;
    }
    bool check_string(std::string_view text) {
        if (text.find('\0') == std::string_view::npos && util::is_valid_utf8(text)) return true;
        problem_ =
            Error{ErrorCode::kInvalidValue,
                  "a string holds U+0000 or half of a surrogate pair: send valid Unicode text without it",
                  current_field()};
        return false;
    }

    rapidjson::Document& document_;
    const std::size_t limit_;
    std::size_t depth_ = 0;
    std::vector<std::set<std::string, std::less<>>> names_;
    std::string last_name_;
    bool at_value_ = false;
    std::vector<bool> in_array_;
    std::optional<Error> problem_;
};

std::string position_in(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t line_start = before.rfind('\n');
    const std::size_t column =
        before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

template <unsigned kFlags>
void parse(std::string_view text, rapidjson::Document& document, Guard& guard) {
    rapidjson::ParseResult result;
    auto read = [&](rapidjson::Document&) {
        rapidjson::MemoryStream bytes{text.data(), text.size()};
        rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream> stream{bytes};
        rapidjson::Reader reader;
        result = reader.Parse<kFlags>(stream, guard);
        return !result.IsError();
    };
    document.Populate(read);
    if (const auto& problem = guard.problem())
        throw Error{problem->code(), problem->what(), problem->param()};
    if (result.Code() == rapidjson::kParseErrorStringInvalidEncoding ||
        result.Code() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid)
        throw Error{ErrorCode::kInvalidValue, "a string is not valid Unicode (UTF-8): send it as such",
                    guard.current_field()};
    if (result.IsError())
        throw Error{ErrorCode::kInvalidJson,
                    "invalid JSON at " + position_in(text, result.Offset()) + ": " +
                        (text.empty() ? "there is no body" : rapidjson::GetParseError_En(result.Code()))};
}

}  // namespace

struct Document::Tree {
    rapidjson::Document document;
};

Document::Document(std::string_view text, const Limits& limits) : tree_(std::make_unique<Tree>()) {
    // Not kParseFullPrecisionFlag: nobody reads long fractions, and with it RapidJSON 1.1 trips over `0e99`.
    constexpr unsigned kStrict = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    constexpr unsigned kByHand =
        kStrict | rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag;
    Guard guard{tree_->document, limits.depth};
    if (limits.allow_comments)
        parse<kByHand>(text, tree_->document, guard);
    else
        parse<kStrict>(text, tree_->document, guard);
    if (!tree_->document.IsObject()) throw Error{ErrorCode::kInvalidValue, "the body must be a JSON object"};
}

Document::~Document() = default;
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;

Object Document::root() const {
    return Object{static_cast<const Value*>(&tree_->document), ""};
}

std::string Object::path_of(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
}

const void* Object::find(std::string_view name) {
    known_.emplace_back(name);
    const Value key{rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))};
    const auto member = node(value_).FindMember(key);
    if (member == node(value_).MemberEnd() || member->value.IsNull()) return nullptr;
    return &member->value;
}

std::optional<std::string> Object::optional_string(std::string_view name) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsString()) reject(path_of(name), "a string");
    return std::string{text_of(node(found))};
}

std::string Object::required_string(std::string_view name) {
    if (auto text = optional_string(name)) return *std::move(text);
    throw Error{ErrorCode::kMissingField, "`" + path_of(name) + "` is missing: it is required",
                path_of(name)};
}

std::optional<bool> Object::optional_bool(std::string_view name) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsBool()) reject(path_of(name), "true or false");
    return node(found).GetBool();
}

std::optional<std::int64_t> Object::optional_integer(std::string_view name, std::int64_t least,
                                                     std::int64_t most) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsInt64() || node(found).GetInt64() < least || node(found).GetInt64() > most)
        reject(path_of(name), "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return node(found).GetInt64();
}

std::optional<double> Object::optional_number(std::string_view name, double least, double most) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsNumber() || !(node(found).GetDouble() >= least && node(found).GetDouble() <= most))
        reject(path_of(name), "a number from " + std::to_string(least) + " to " + std::to_string(most));
    return node(found).GetDouble();
}

std::optional<std::vector<std::string>> Object::optional_strings(std::string_view name) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsArray()) reject(path_of(name), "an array of strings");
    std::vector<std::string> texts;
    for (const Value& element : node(found).GetArray()) {
        if (!element.IsString()) reject(path_of(name), "an array of strings");
        texts.emplace_back(text_of(element));
    }
    return texts;
}

std::optional<Object> Object::optional_object(std::string_view name) {
    const void* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!node(found).IsObject()) reject(path_of(name), "an object");
    return Object{found, path_of(name)};
}

std::vector<Object> Object::objects(std::string_view name) {
    const void* found = find(name);
    if (found == nullptr) return {};
    if (!node(found).IsArray()) reject(path_of(name), "an array of objects");
    std::vector<Object> all;
    for (const Value& element : node(found).GetArray()) {
        const std::string path = path_of(name) + "[" + std::to_string(all.size()) + "]";
        if (!element.IsObject()) reject(path, "an object");
        all.push_back(Object{&element, path});
    }
    return all;
}

void Object::reject_unknown() const {
    for (const auto& member : node(value_).GetObject()) {
        const std::string_view name = text_of(member.name);
        if (std::find(known_.begin(), known_.end(), name) == known_.end())
            throw Error{ErrorCode::kUnknownField,
                        "`" + path_of(name) + "` is not a known field: leave it out", path_of(name)};
    }
}

}  // namespace arq::json
