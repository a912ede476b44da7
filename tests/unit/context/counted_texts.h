// SPDX-License-Identifier: MIT
//
// Texts of our own with their true number of tokens, as o200k_base (gpt-tokenizer 4.0.0) counts them.
#pragma once

#include <cstddef>
#include <string_view>

namespace arq::tests {

struct CountedText {
    std::string_view text;
    std::size_t tokens;
};

inline constexpr CountedText kCountedEnglish[] = {
    {R"text(My sister Anna moved to Omsk last spring, and since then we talk on the phone every Sunday evening.)text",
     23},
    {R"text(Could you remind me to call the dentist tomorrow at nine? The number is 495-123-45-67.)text", 24},
    {R"text(I've decided to take the earlier train because the later one doesn't stop at the airport, and I'd rather wait there than run.)text",
     25},
    {R"text(The committee postponed the vote until the ministers had read the amended report, which nobody expected to be finished before the summer recess.)text",
     25},
    {R"text(ok thanks, that's what i wanted to know. btw whats the weather like in lisbon in october??)text",
     21},
    {R"text(Photosynthesis converts carbon dioxide and water into glucose; chlorophyll absorbs mostly blue and red light.)text",
     19},
    {R"text(Dear Mr. Okonkwo,

Thank you for your letter of 12 March. We are glad to confirm your reservation for three nights.

Kind regards,
Wilhelmina Throgmorton)text",
     38},
    {R"text(Remember that my order number is 4417-AB and that the parcel went to the neighbour at number 26.)text",
     24},
};

inline constexpr CountedText kCountedRussian[] = {
    {R"text(Моя сестра Анна переехала в Омск прошлой весной, и с тех пор мы созваниваемся каждое воскресенье вечером.)text",
     32},
    {R"text(Напомни мне, пожалуйста, завтра в девять позвонить зубному врачу. Телефон 8-495-123-45-67.)text",
     31},
    {R"text(Я решил поехать более ранним поездом, потому что поздний не останавливается в аэропорту.)text",
     22},
    {R"text(Комиссия отложила голосование до тех пор, пока министры не прочтут исправленный доклад, который никто не ждал раньше летних каникул.)text",
     36},
    {R"text(привет! спасибо большое, это я и хотел узнать)) а какая погода в лиссабоне в октябре?)text", 25},
    {R"text(Фотосинтез превращает углекислый газ и воду в глюкозу; хлорофилл поглощает преимущественно синий и красный свет.)text",
     40},
    {R"text(Уважаемый Иван Петрович!

Благодарим за письмо от 12 марта. С радостью подтверждаем бронирование на трое суток.

С уважением,
Елизавета Щербакова)text",
     44},
    {R"text(Запомни, что номер моего заказа 4417-АБ, а посылку отдали соседу из двадцать шестой квартиры.)text",
     29},
};

inline constexpr CountedText kCountedCode[] = {
    {R"text(#include <vector>

// The largest sum of neighbours.
int largest_sum(const std::vector<int>& values) {
    int best = 0;
    int running = 0;
    for (const int value : values) {
        running = std::max(0, running + value);
        best = std::max(best, running);
    }
    return best;
}
)text",
     76},
    {R"text(def read_lines(path):
    """Yield the lines of a file, without their ends."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            yield number, line.rstrip("\n")
)text",
     54},
    {R"text(SELECT u.name, COUNT(*) AS orders
FROM users u JOIN orders o ON o.user_id = u.id
WHERE o.created_at >= '2026-01-01'
GROUP BY u.name HAVING COUNT(*) > 3
ORDER BY orders DESC LIMIT 10;)text",
     56},
    {R"text(for file in "$folder"/*.log; do
    [ -s "$file" ] || continue
    gzip -9 "$file" && mv "$file.gz" "$archive/"
done
)text",
     40},
    {R"text({"id": "0x7f3a", "items": [{"sku": "AB-1029", "count": 2, "price": 19.99}], "paid": true, "note": null})text",
     47},
    {R"text(const total = cart.items
  .filter((item) => item.count > 0)
  .reduce((sum, item) => sum + item.count * item.price, 0);
console.log(`Total: ${total.toFixed(2)}`);)text",
     53},
};

}  // namespace arq::tests
