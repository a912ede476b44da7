// SPDX-License-Identifier: MIT
//
// What the file keeps of memories and their changes, what is forgotten for good, topics, summaries, limits.
#include <boost/test/unit_test.hpp>

#include "store/sqlite.h"
#include "support/found_texts.h"
#include "support/has_code.h"
#include "support/store_fixture.h"

namespace arq::store {
namespace {

using tests::has_code;
using tests::is_on_disk;
using tests::StoreFixture;

struct MemoryFixture : StoreFixture {
    model::Session new_session(bool isolated = false) { return file->create_session("title", isolated); }

    model::Message tell(const model::Session& session, const std::string& text,
                        const std::vector<model::Topic>& topics = {}, const model::MemoryUse& use = {}) {
        clock.advance(util::Milliseconds{1000});
        const model::Message message = file->append_message(session.id, "id-" + std::to_string(++told), text);
        model::Reply reply{.text = "noted", .responder = "embedded"};
        file->append_reply(message, reply, use, topics);
        return message;
    }
    std::vector<std::string> find(const std::vector<std::string>& stems, const Scope& scope = {}) {
        std::vector<std::string> texts;
        for (const util::Id id : tests::found_in(file->search_messages(util::StemSet{stems}, scope)))
            texts.push_back(file->find_message(id)->text);
        return texts;
    }
    template <typename Work>
    void commit(const Work& work) {
        UserFile::Transaction transaction{*file};
        work();
        transaction.commit();
        file->scrub_if_due();
    }
    std::vector<std::string> topic_names(std::optional<util::Id> session = {}) {
        std::vector<std::string> names;
        for (const model::TopicCount& topic : file->list_topics(session, {}, 50))
            names.push_back(topic.name + " " + std::to_string(topic.count));
        return names;
    }

    int told = 0;
    UserFiles::Lease file = files.open_or_create(user(1));
};

using Names = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(user_file_memory_tests, MemoryFixture)

BOOST_AUTO_TEST_CASE(all_that_a_memory_says_is_kept_and_its_history_says_what_it_was) {
    const model::Session session = new_session();
    const util::Timestamp from = clock.now();
    const util::Timestamp to = from + std::chrono::hours{24};
    const model::Message first = tell(session, "The ferry leaves on Friday");
    model::Memory event = file->add_memory({.text = "The ferry leaves on Friday",
                                            .kind = model::MemoryKind::kEvent,
                                            .subject = "event",
                                            .value = "ferry",
                                            .source_message = first.id,
                                            .valid_from = from,
                                            .valid_to = to,
                                            .grain = model::Grain::kDay});
    const model::Message second = tell(session, "It leaves on Saturday");
    event.text = "The ferry leaves on Saturday";
    event.valid_from = to;
    event.grain = model::Grain::kHour;
    file->change_memory(event, second.id);

    const model::Memory kept = file->find_memory(event.id).value();
    BOOST_TEST(kept.text == "The ferry leaves on Saturday");
    BOOST_TEST(kept.value == "ferry");
    BOOST_TEST((kept.valid_from == to && kept.valid_to == to));
    BOOST_TEST((kept.grain == model::Grain::kHour));
    BOOST_TEST(kept.version == 2);
    BOOST_TEST((kept.source_message == second.id));
    const auto history = file->memory_history(event.id);
    BOOST_REQUIRE(history.size() == 1U);
    BOOST_TEST(history[0].text == "The ferry leaves on Friday");
    BOOST_TEST(history[0].message_id == "id-1");
    BOOST_TEST((history[0].valid_from == from && history[0].grain == model::Grain::kDay));
}

BOOST_AUTO_TEST_CASE(a_subject_has_what_held_before_beside_what_holds) {
    const model::Memory kazan =
        file->add_memory({.text = "I live in Kazan", .subject = "home", .value = "Kazan"});
    file->close_memory(kazan, clock.now(), std::nullopt);
    const model::Memory tula =
        file->add_memory({.text = "I live in Tula", .subject = "home", .value = "Tula"});
    const auto all = file->find_memories_by_subject("home", {});
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST((all[0].value == "Kazan" && all[0].valid_to.has_value()));
    BOOST_TEST(file->find_memory_by_subject("home", {})->id == tula.id);
    file->close_memory(tula, clock.now(), std::nullopt);
    BOOST_TEST(!file->find_memory_by_subject("home", {}).has_value());
}

BOOST_AUTO_TEST_CASE(memories_are_listed_newest_first_by_kind_and_scope) {
    const model::Session isolated = new_session(true);
    for (int i = 0; i < 5; ++i)
        file->add_memory({.text = "fact " + std::to_string(i),
                          .kind = i % 2 == 0 ? model::MemoryKind::kFact : model::MemoryKind::kNote});
    const model::Memory inside = file->add_memory({.text = "inside", .session_id = isolated.id});
    const auto all = file->list_memories({}, {}, {}, 3);
    BOOST_REQUIRE(all.size() == 3U);
    BOOST_TEST(all[0].text == "fact 4");
    BOOST_TEST(file->list_memories({}, {}, all[2].id, 50).size() == 2U);
    BOOST_TEST(file->list_memories({}, model::MemoryKind::kFact, {}, 50).size() == 3U);
    BOOST_TEST(file->list_memories({.isolated_session = isolated.id}, {}, {}, 50).size() == 1U);
    BOOST_CHECK_EXCEPTION(file->list_memories({}, {}, inside.id, 50), Error,
                          has_code(ErrorCode::kInvalidValue, "after"));
}

BOOST_AUTO_TEST_CASE(an_answer_is_told_again_with_topics_context_and_what_was_forgotten) {
    const model::Session session = new_session();
    const model::Message message = file->append_message(session.id, "one", "Forget the bicycle");
    model::Reply reply{.text = "done", .responder = "embedded"};
    file->append_reply(
        message, reply, {.forgotten = {{.id = 23968575916071871, .kind = model::MemoryKind::kFact}}},
        {{.name = "road bike", .category = "small talk", .score = 0.8}, {.name = "лес", .score = 0.25}},
        {.window_tokens = 4096, .prompt_tokens = 812, .turns_kept = 6, .turns_summarised = 2});
    const model::Answer again = file->find_answer("one")->answer;
    BOOST_REQUIRE(again.topics.size() == 2U);
    BOOST_TEST(again.topics[0].name == "road bike");
    BOOST_TEST(again.topics[0].category == "small talk");
    BOOST_TEST(again.topics[0].score == 0.8);
    BOOST_TEST(again.topics[1].name == "лес");
    BOOST_TEST(again.topics[1].category.empty());
    BOOST_TEST(again.context.prompt_tokens == 812);
    BOOST_TEST(again.context.turns_summarised == 2);
    BOOST_REQUIRE(again.memory.forgotten.size() == 1U);
    BOOST_TEST(again.memory.forgotten[0].id == 23968575916071871);
}

BOOST_AUTO_TEST_CASE(uses_are_counted_once_whether_their_rows_are_due_or_not) {
    const model::Session session = new_session();
    const model::Memory memory = file->add_memory({.text = "I park at the station"});
    for (int i = 1; i <= 40; ++i) {
        tell(session, "where?", {}, {.used = {{.id = memory.id, .text = memory.text, .score = 1}}});
        std::vector<model::Memory> read{file->find_memory(memory.id).value()};
        file->add_recent_uses(read);
        BOOST_TEST(read[0].uses == i);
    }
    BOOST_TEST(file->find_memory(memory.id)->uses >= 40 - options.index_batch_messages);
}

BOOST_AUTO_TEST_CASE(topics_are_counted_over_rows_and_tail_by_session_and_user) {
    const model::Session one = new_session();
    const model::Session two = new_session();
    const model::Session isolated = new_session(true);
    const int batch = options.index_batch_messages;
    for (int i = 0; i < batch; ++i) {
        tell(one, "b", {{.name = "bicycle", .category = "travel", .score = 1}});
        if (i % 2 == 0)
            tell(two, "c",
                 {{.name = "bicycle", .category = "travel", .score = 1}, {.name = "соус \"Чили\""}});
        if (i % 4 == 0) tell(isolated, "d", {{.name = "secret"}});
    }
    tell(two, "last", {{.name = "lake"}});
    const std::string bicycles = std::to_string(batch + batch / 2);
    BOOST_TEST(topic_names() ==
                   (Names{"bicycle " + bicycles, "соус \"Чили\" " + std::to_string(batch / 2), "lake 1"}),
               boost::test_tools::per_element());
    BOOST_TEST(topic_names(one.id) == (Names{"bicycle " + std::to_string(batch)}),
               boost::test_tools::per_element());
    BOOST_TEST(topic_names(isolated.id) == (Names{"secret " + std::to_string(batch / 4)}),
               boost::test_tools::per_element());
    const auto rest = file->list_topics({}, "bicycle", 50);
    BOOST_REQUIRE(rest.size() == 2U);
    BOOST_TEST(rest[1].name == "lake");
    BOOST_TEST((rest[1].last_at == clock.now()));
    BOOST_CHECK_EXCEPTION(file->list_topics({}, "secret", 50), Error,
                          has_code(ErrorCode::kInvalidValue, "after"));

    const auto messages = file->list_topic_messages("bicycle", {}, {}, 200);
    BOOST_TEST(messages.size() == static_cast<std::size_t>(batch + batch / 2));
    BOOST_TEST(file->list_topic_messages("bicycle", {}, messages[4].id, 200).size() == messages.size() - 5);
    BOOST_TEST(file->list_topic_messages("bicycle", two.id, {}, 200).size() ==
               static_cast<std::size_t>(batch / 2));
    BOOST_TEST(file->list_topic_messages("secret", {}, {}, 200).empty());
    BOOST_TEST(file->list_topic_messages("secret", one.id, {}, 200).empty());
    BOOST_CHECK_EXCEPTION(file->list_topic_messages("bicycle", one.id, messages[1].id, 9), Error,
                          has_code(ErrorCode::kInvalidValue, "after"));
    file->delete_session(one.id);
    const std::string half = " " + std::to_string(batch / 2);
    BOOST_TEST(topic_names() == (Names{"соус \"Чили\"" + half, "bicycle" + half, "lake 1"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_forgotten_memory_is_nowhere_in_file_or_log_and_its_messages_are_found_no_more) {
    const model::Session session = new_session();
    for (int i = 0; i < 30; ++i) tell(session, "words of no weight " + std::to_string(i));
    // Of what messages say, which stay, an index would hold the stem: "zanzibarili".
    const model::Message taught = tell(session, "My code is zanzibarily", {{.name = "zanzibarily"}});
    model::Memory memory = file->add_memory(
        {.text = "code xylophonely", .subject = "code", .value = "xylophonely", .source_message = taught.id});
    tell(session, "What is my code?", {}, {.used = {{.id = memory.id, .text = memory.text, .score = 1}}});
    for (int i = 0; i < 30; ++i) tell(session, "more words " + std::to_string(i));
    memory.text = "code balalaikaly";
    commit([&] { memory = file->change_memory(memory, {}); });
    file->put_summary({.session_id = session.id,
                       .text = "covers 7 messages\nWe talked.\t1\nMy code is zanzibarily\t2\n"
                               "Then of code xylophonely we spoke.\t3\nThe end.\t4\n",
                       .first_message = 1,
                       .last_message = 2,
                       .turns = 1});
    BOOST_TEST(find({"zanzibarili"}).size() == 1U);
    BOOST_TEST(is_on_disk(users_folder(), "balalaika"));
    BOOST_TEST(is_on_disk(users_folder(), "xylophone"));

    commit([&] { file->forget_memory(memory.id); });
    for (const char* word : {"zanzibarili", "balalaika", "xylophone"})
        BOOST_TEST(!is_on_disk(users_folder(), word), word);
    BOOST_TEST(find({"zanzibarili"}).empty());
    BOOST_TEST(topic_names().empty());
    BOOST_TEST(file->find_summary(session.id)->text == "covers 7 messages\nWe talked.\t1\nThe end.\t4\n");
    BOOST_TEST(file->find_message(taught.id)->text == "My code is zanzibarily");  // it stays in its session
    BOOST_TEST(file->find_answer("id-31")->answer.topics.empty());
    BOOST_TEST(file->find_answer("id-32")->answer.memory.used.empty());
    for (int i = 0; i < 2 * options.index_batch_messages; ++i) tell(session, "the next batch");
    BOOST_TEST(find({"zanzibarili"}).empty());
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_and_not_committed_is_still_there) {
    const model::Session session = new_session();
    const model::Message taught = tell(session, "a kiwi");
    const model::Memory memory = file->add_memory({.text = "a kiwi", .source_message = taught.id});
    {
        UserFile::Transaction undone{*file};
        file->forget_memory(memory.id);
    }
    file->scrub_if_due();
    BOOST_TEST(find({"kiwi"}).size() == 1U);
    BOOST_TEST(file->find_memory(memory.id).has_value());
}

BOOST_AUTO_TEST_CASE(messages_with_all_of_the_words_are_hidden_in_their_scope_alone) {
    const model::Session open = new_session();
    const model::Session isolated = new_session(true);
    for (int i = 0; i < 12; ++i) {
        tell(open, "the red boat");
        tell(open, "the red car");
        tell(isolated, "the red boat inside");
    }
    commit([&] { BOOST_TEST(file->hide_messages_with(util::StemSet{{"red", "boat"}}, {}) == 12); });
    BOOST_TEST(find({"boat"}).empty());
    BOOST_TEST(find({"red"}).size() == 12U);
    BOOST_TEST(find({"boat"}, {.isolated_session = isolated.id}).size() == 12U);
    commit([&] {
        BOOST_TEST(file->hide_messages_with(util::StemSet{{"boat"}}, {.isolated_session = isolated.id}) ==
                   12);
    });
    BOOST_TEST(find({"boat"}, {.isolated_session = isolated.id}).empty());
}

BOOST_AUTO_TEST_CASE(the_oldest_plain_messages_go_first_and_what_they_taught_stays) {
    const model::Session session = new_session();
    const model::Message taught = tell(session, "My parcel waits");
    const model::Memory memory = file->add_memory({.text = "My parcel waits", .source_message = taught.id});
    for (int i = 0; i < 20; ++i)
        tell(session, "plain kiwi" + std::to_string(i), {{.name = "kiwi"}},
             {.used = {{.id = memory.id, .text = memory.text, .score = 1}}});
    const model::Message last = tell(session, "the last");
    BOOST_TEST(file->measure_usage().messages == 44);
    const auto oldest = file->list_oldest_messages(last.id, 3);
    BOOST_REQUIRE(oldest.size() == 6U);
    BOOST_TEST(oldest[0].text == "plain kiwi0");
    BOOST_TEST((oldest[1].role == model::Role::kAssistant));
    commit([&] { file->drop_messages(oldest); });
    BOOST_TEST(file->measure_usage().messages == 38);
    BOOST_TEST(file->find_session(session.id)->message_count == 38);
    BOOST_TEST(find({"kiwi0"}).empty());
    BOOST_TEST(find({"kiwi3"}).size() == 1U);
    BOOST_TEST(topic_names() == (Names{"kiwi 17"}), boost::test_tools::per_element());
    BOOST_TEST(file->find_memory(memory.id)->uses == 20);

    // Then there is nothing but the source.
    commit([&] { file->drop_messages(file->list_oldest_messages(last.id, 100)); });
    const auto sources = file->list_oldest_messages(last.id, 100);
    BOOST_REQUIRE(sources.size() == 2U);
    commit([&] { file->drop_messages(sources); });
    BOOST_TEST(!file->find_memory(memory.id)->source_message.has_value());
    BOOST_TEST(file->list_messages(session, {}, 50).size() == 2U);
    BOOST_TEST(file->list_oldest_messages(last.id, 100).empty());
}

BOOST_AUTO_TEST_CASE(a_message_that_somebody_is_at_work_on_is_not_among_the_oldest) {
    const model::Session session = new_session();
    const model::Message pending = file->append_message(session.id, "pending", "still to be answered");
    file->take_lease(pending.id, "worker", clock.now() + std::chrono::minutes{1});
    const model::Message last = tell(session, "the last");
    BOOST_TEST(file->list_oldest_messages(last.id, 9).empty());
}

BOOST_AUTO_TEST_CASE(a_summary_is_kept_with_its_span_until_its_session_goes) {
    const model::Session session = new_session();
    BOOST_TEST(!file->find_summary(session.id).has_value());
    for (int turns : {1, 2})
        file->put_summary({.session_id = session.id,
                           .text = "so far " + std::to_string(turns),
                           .first_message = 7,
                           .last_message = 8,
                           .turns = turns});
    const model::Summary kept = file->find_summary(session.id).value();
    BOOST_TEST(kept.text == "so far 2");
    BOOST_TEST((kept.first_message == 7 && kept.last_message == 8 && kept.turns == 2));
    BOOST_TEST(file->drop_oldest_summary());
    BOOST_TEST(!file->find_session(session.id).has_value());
    BOOST_TEST(!file->find_summary(session.id).has_value());
    tell(new_session(), "kept");
    BOOST_TEST(!file->drop_oldest_summary());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::store
