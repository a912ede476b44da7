// SPDX-License-Identifier: MIT
//
// How arq-worker and arq-legacy are started, and the settings that both read the same way: the one stands in
// for the other, on the same users' files.
#pragma once

#include <string>
#include <vector>

#include "arq/assistant/assistant.h"
#include "arq/config/config.h"
#include "arq/model/conversation.h"
#include "arq/store/journal.h"
#include "arq/store/user_file.h"
#include "main/prefix.h"

namespace arq::main {

struct ServingArguments {
    Prefix prefix;
    std::vector<int> listeners;
    std::string ready_file;
    std::string index;
    model::Variant variant;
};

// The command line of such a program. Answers --help (`about` and the options) and --version, and ends the
// process; on a wrong call too, with 2.
ServingArguments parse_serving_arguments(int argc, char** argv, const char* program, const char* about,
                                         model::Variant variant);

// A slot of another worker that stayed open here would keep connections waiting that nobody accepts
// after that worker is gone for good.
void close_other_descriptors(const std::vector<int>& kept);

store::UserFileOptions file_options(const config::Config& config, store::Journal journal);
assistant::Options assistant_options(const config::Config& config, model::Variant variant);

}  // namespace arq::main
