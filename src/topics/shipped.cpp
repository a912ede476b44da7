// SPDX-License-Identifier: MIT
#include "arq/topics/categories.h"
#include "topics/shipped_model.h"

namespace arq::topics {

Classifier shipped_categories() {
    return Classifier{shipped_model()};
}

}  // namespace arq::topics
