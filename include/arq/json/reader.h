// SPDX-License-Identifier: MIT
//
// Reads a JSON document at once into a struct of the caller's: each field is asked for by name, type
// and limits, and what doesn't fit is an arq::Error that names the field in `param`. Missing and null
// are the same. Nothing of the parser's is seen outside; a document is parsed iteratively, so depth
// costs no stack, and every string is valid UTF-8 without U+0000.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arq::json {

struct Limits {
    std::size_t depth = 32;       // nesting of objects and arrays
    bool allow_comments = false;  // for files that people write: comments and trailing commas
};

class Object;

// Owns a parsed document whose root is an object. Not thread safe; Objects borrow from it.
class Document {
public:
    // Throws kInvalidJson (with line and column), kDuplicateField, kInvalidValue (root no object; U+0000).
    explicit Document(std::string_view text, const Limits& limits = {});
    ~Document();
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;

    Object root() const;

private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

// A view of one object. Each reader marks its field as known; reject_unknown() then finds the rest.
// Errors: kInvalidValue (wrong type, out of range), kMissingField, kUnknownField, with the full path
// ("pool.workers") as param.
class Object {
public:
    std::optional<std::string> optional_string(std::string_view name);
    std::string required_string(std::string_view name);
    std::optional<bool> optional_bool(std::string_view name);
    std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least,
                                                 std::int64_t most);
    std::optional<double> optional_number(std::string_view name, double least, double most);
    std::optional<std::vector<std::string>> optional_strings(std::string_view name);
    std::optional<Object> optional_object(std::string_view name);
    std::vector<Object> objects(std::string_view name);  // an array of objects; missing: none

    void reject_unknown() const;

private:
    friend class Document;
    Object(const void* value, std::string path) : value_(value), path_(std::move(path)) {}
    const void* find(std::string_view name);
    std::string path_of(std::string_view name) const;

    const void* value_;  // a node of the Document's tree
    std::string path_;
    std::vector<std::string> known_;
};

}  // namespace arq::json
