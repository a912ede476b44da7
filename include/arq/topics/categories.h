// SPDX-License-Identifier: MIT
//
// The list of categories: the one that ships, made at build time from src/topics/categories, or an owner's
// own in a file of the same form:
//   # a comment
//   [family]
//   + mother father мама папа
//   My sister is coming to visit us on Sunday.
//   Моя сестра приедет к нам в воскресенье.
//   [-]
//   A sentence that belongs to no category.
// Each word behind a + is taught by itself; sentences show how people say it. Some twenty sentences and a
// hundred words a category and language make a usable list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "arq/topics/classifier.h"

namespace arq::topics {

// The categories that ship, in the program's read-only data.
Classifier shipped_categories();

// Below it a message is given no category.
inline constexpr double kLeastProbability = 0.5;

// The sentences of such a file. They borrow from `text`. Throws kConfiguration with the line at fault: a
// sentence before the first name, a name that is empty, too long or no UTF-8.
std::vector<Sample> read_categories(std::string_view text);

// How the categories are trained: few sentences, so that rare words count for more than in a large set.
inline constexpr TrainingOptions kCategoryTraining{.with_pairs = false, .epochs = 10, .idf_power = 2};

// The model for an owner's file; takes some tenths of a second. Throws kConfiguration also where there are
// fewer than two categories, or one with fewer than four sentences.
std::vector<std::byte> train_categories(std::string_view text);

}  // namespace arq::topics
