// SPDX-License-Identifier: MIT
//
// The one exception type of the project and the closed list of what can go wrong.
//
// Errors enter at the adapters (store, json, fcgi), which turn a library's code into an ErrorCode, and
// leave at the request, where http maps the code to a status and the contract's JSON by one table.
// What is expected (nothing found, a provider that fails) is a value, never an exception.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace arq {

// The names as they stand in docs/api.md ("invalid_json" …): never change one, only add.
enum class ErrorCode {
    kInvalidJson,
    kInvalidValue,
    kMissingField,
    kUnknownField,
    kDuplicateField,
    kBodyIncomplete,
    kConflictingValues,
    kUserRequired,
    kCredentialsRequired,
    kInvalidKey,
    kInvalidVisitor,
    kForbidden,
    kNotFound,
    kSessionNotFound,
    kMemoryNotFound,
    kTopicNotFound,
    kMethodNotAllowed,
    kMessageIdReused,
    kMemoryFull,
    kLengthRequired,
    kBodyTooLarge,
    kMessageTooLong,
    kUnsupportedMediaType,
    kRateLimited,
    kStorageFull,
    kStorageBusy,
    kStorageDamaged,
    kStorageReadOnly,
    kStorageNewer,
    kNoWorker,
    kNotInLegacy,
    kConfiguration,
    kInternal,
};

class Error : public std::runtime_error {
public:
    // `message` says what is wrong and how to mend it; it is shown to the caller, so it never holds
    // what somebody said, a key or a path. `param` names the field at fault, empty where none applies.
    Error(ErrorCode code, const std::string& message, std::string param = {})
        : std::runtime_error(message), code_(code), param_(std::move(param)) {}

    ErrorCode code() const noexcept { return code_; }
    const std::string& param() const noexcept { return param_; }

private:
    ErrorCode code_;
    std::string param_;
};

}  // namespace arq
