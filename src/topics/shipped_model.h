// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

namespace arq::topics {

// The model of the categories that ship, as make had it trained and compiled in (categories/embed.cpp).
std::span<const std::byte> shipped_model();

}  // namespace arq::topics
