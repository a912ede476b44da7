// SPDX-License-Identifier: MIT
//
// What one user said and was told, and what was learnt of them: one SQLite file.
//
// A UserFile is used by one thread at a time (UserFiles hands it out so). Several processes may have
// the same file open: whoever writes begins a Transaction, which waits for the others, and nothing in
// it is there for anybody until commit() has it on the disk. Reading outside of one is allowed.
// Every member throws arq::Error with a storage code (kStorageFull, kStorageBusy, kStorageDamaged,
// kStorageReadOnly, kStorageNewer at opening, kInternal); after one of them the open transaction is rolled
// back by its destructor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "arq/model/conversation.h"
#include "arq/model/memory.h"
#include "arq/model/search.h"
#include "arq/store/journal.h"
#include "arq/store/records.h"
#include "arq/util/clock.h"
#include "arq/util/ids.h"
#include "arq/util/stem_set.h"

namespace arq::store {

// Which part of a user's memory is seen: of an isolated session its own alone, else everything that
// no isolated session holds. Enforced in the statements themselves.
struct Scope {
    std::optional<util::Id> isolated_session;
};

struct UserFileOptions {
    int busy_timeout_ms = 5000;
    int page_cache_kib = 256;
    int wal_checkpoint_pages = 128;
    int index_batch_messages = 16;
    Journal journal = Journal::kWriteAheadLog;
};

class UserFile {
public:
    // Opens an existing file and brings its schema to this build's. `clock` outlives it.
    UserFile(const std::string& path, const UserFileOptions& options, util::Clock& clock);
    ~UserFile();

    // The same for one short use, which is cheaper: nobody else may open the file meanwhile (they wait),
    // and closing leaves the log for the next to go on with. Nothing where somebody has the file open.
    static std::unique_ptr<UserFile> open_alone(const std::string& path, const UserFileOptions& options,
                                                util::Clock& clock);

    // Durable (synced) once commit() returns; undone unless it is called. `file` outlives it.
    class Transaction {
    public:
        explicit Transaction(UserFile& file);
        ~Transaction();
        void commit();

    private:
        struct State;
        std::unique_ptr<State> state_;
    };

    // --- sessions ---
    model::Session create_session(std::string_view title, bool isolated);
    std::optional<model::Session> find_session(util::Id id);
    std::optional<model::Session> latest_session();  // never an isolated one
    void rename_session(util::Id id, std::string_view title);
    // With all that was said in it, and what it remembered if it was isolated. What other sessions taught
    // stays, and so does what this one taught to all. Follow it by scrub() once it is committed.
    void delete_session(util::Id id);
    // Last talked in first, behind `after` (kInvalidValue "after" where there is no such session).
    std::vector<model::Session> list_sessions(std::optional<util::Id> after, int limit);

    // --- messages ---
    model::Message append_message(util::Id session_id, std::string_view client_id, std::string_view text);
    // Gives reply.id, and links the reply to the message that it answers. `topics` are the message's. A
    // hidden message's reply is hidden too.
    void append_reply(const model::Message& message, model::Reply& reply, const model::MemoryUse& memory,
                      const std::vector<model::Topic>& topics = {}, const model::ContextUse& context = {});
    // The user's message of that client id, answered or not.
    std::optional<model::Message> find_message(std::string_view client_id);
    std::optional<model::Message> find_message(util::Id id);  // the user's own, too
    // What was answered to the user's message of that client id; the text is the user's.
    struct Answered {
        std::string text;
        model::Answer answer;
    };
    std::optional<Answered> find_answer(std::string_view client_id);
    // Syncs what another process committed and may have died before it synced: to be called before an
    // answer that was found is told again.
    void sync_log();
    // Oldest first, behind `after` (kInvalidValue "after" where the session has no such message).
    std::vector<model::Message> list_messages(const model::Session& session, std::optional<util::Id> after,
                                              int limit);

    // A message of the user's, and the reply to it unless that is still to come.
    struct Turn {
        model::Message message;
        std::optional<model::Message> reply;
    };
    // The session's last ones before the message `before` (absent: of all), oldest first: `limit` of them, or
    // as many as stand in so many bytes. What lies further back than a few thousand messages of all sessions
    // isn't looked for.
    std::vector<Turn> latest_turns(util::Id session_id, std::optional<util::Id> before, int limit,
                                   std::size_t limit_bytes);

    // Of both roles, behind `after` and before `before`, neither of which need exist; oldest first, and as
    // far as a few thousand rows of all sessions go.
    std::vector<model::Message> messages_between(util::Id session_id, util::Id after, util::Id before,
                                                 int limit);

    // Whether `owner` may work on the message until `expires_at`: nobody else does, or their time is up.
    bool take_lease(util::Id message_id, std::string_view owner, util::Timestamp expires_at);
    void drop_lease(util::Id message_id);

    // --- erasing ---
    // Everything, so that the file is as on its first day. Follow it by scrub() once it is committed.
    void erase_all();
    // Takes what was deleted out of the free pages and the log too, outside of any transaction. What can't
    // be done now (another process reads) is done when the file is next opened.
    void scrub();
    // Whether nobody else has the file open in WAL mode; it then is out of that mode. (With a rollback
    // journal nobody can tell: UserFiles keeps its own marks.)
    bool is_alone();

    // Whether it met an error other than kStorageBusy, or was left unscrubbed: then it is better closed, and
    // opened anew by whoever comes next.
    bool is_to_be_reopened() const;

    // --- memories ---
    model::Memory add_memory(model::Memory memory);  // gives id, times and version
    // What the message added to the memory and changed in it, as far as that still stands.
    model::MemoryUse find_taught_by(util::Id message_id);
    // `changed` is a memory as it was read, but for what it is to say from now on: text, kind, value, valid_*
    // and grain. What it said goes into its history. `message_id` is the message that taught it, if one did.
    model::Memory change_memory(model::Memory changed, std::optional<util::Id> message_id);
    // It holds no more since `at`.
    model::Memory close_memory(model::Memory memory, util::Timestamp at, std::optional<util::Id> message_id);
    std::optional<model::Memory> find_memory(util::Id id);
    // All of them, oldest first, those that hold no more too.
    std::vector<model::Memory> find_memories_by_subject(std::string_view subject, const Scope& scope);
    // The newest that holds.
    std::optional<model::Memory> find_memory_by_subject(std::string_view subject, const Scope& scope);
    std::optional<model::Memory> find_memory_by_text(std::string_view text, const Scope& scope);
    // Newest first, behind `after` (kInvalidValue "after" where the scope has no such memory).
    std::vector<model::Memory> list_memories(const Scope& scope, std::optional<model::MemoryKind> kind,
                                             std::optional<util::Id> after, int limit);
    // Earliest first, without what it says now.
    std::vector<model::MemoryVersion> memory_history(util::Id id);
    std::int64_t count_memories();  // of all scopes
    // Memory::uses lacks the newest replies, which are counted many at once: adds them.
    void add_recent_uses(std::vector<model::Memory>& memories);

    // --- forgetting: in a Transaction; follow its commit by scrub_if_due() ---
    // The memory, its history, and what replies told of it are gone. The messages that taught it, and the
    // replies that told of it, are hidden.
    void forget_memory(util::Id id);
    // The message and its reply stay in their session, but are neither quoted nor found any more.
    void hide_message(util::Id id);
    bool is_hidden(util::Id message_id);
    // Every message and reply that holds all of the stems. How many.
    int hide_messages_with(const util::StemSet& wanted, const Scope& scope);
    // Scrubs if a transaction that was committed here forgot something.
    void scrub_if_due();

    // --- topics; of one session, or of all that are not isolated ---
    // Most frequent first, behind the topic of the name `after` (kInvalidValue "after": there is none).
    std::vector<model::TopicCount> list_topics(std::optional<util::Id> session,
                                               const std::optional<std::string>& after, int limit);
    // The user's messages, oldest first.
    std::vector<model::Message> list_topic_messages(std::string_view name, std::optional<util::Id> session,
                                                    std::optional<util::Id> after, int limit);

    // --- how much there is, and what may go first ---
    struct Usage {
        std::int64_t messages = 0;  // of both roles
        std::int64_t bytes = 0;     // of the file's pages that are in use
    };
    Usage measure_usage();
    // So many of the user's oldest messages before the message `before`, with their replies: first those that
    // taught nothing that is remembered, and only where there are none of these, others. Nobody is at work on
    // them.
    std::vector<model::Message> list_oldest_messages(util::Id before, int turns);
    // They are gone, from the index too. What they taught stays, without its source. (Not scrubbed: this is
    // no forgetting.)
    void drop_messages(const std::vector<model::Message>& messages);
    // The session without messages that was least recently talked in goes, with its summary. False: none.
    bool drop_oldest_summary();
    std::optional<model::Summary> find_summary(util::Id session_id);
    void put_summary(const model::Summary& summary);  // one a session; updated_at is now

    // --- everything, to be taken elsewhere: in the order of the ids, behind `after` (0: from the first) ---
    std::vector<model::Session> read_sessions(util::Id after, int limit);
    std::vector<model::Memory> read_memories(util::Id after, int limit);
    std::vector<model::MemoryVersion> read_history(util::Id memory_id, int after_version, int limit);
    std::vector<MessageRecord> read_messages(util::Id after, int limit);
    std::vector<model::Summary> read_summaries(util::Id after, int limit);
    // And back, ids kept, in this order and one Transaction, between begin_import() and finish_import().
    // False: there is such an item already, which stays as it is. Error: kInvalidValue with the member's name
    // where what it refers to isn't there, or its id can be none.
    void begin_import();
    bool import_session(const model::Session& session);
    bool import_memory(const model::Memory& memory);
    // Of the memory that was imported last; of one that was there already its history is as it is.
    bool import_history(util::Id memory_id, const model::MemoryVersion& version);
    bool import_message(const MessageRecord& record);
    bool import_summary(const model::Summary& summary);
    void finish_import();

    // --- search: where the stems stand ---
    // Of what was said, in the order in which it was: all that is new, of what is old the parts that promise
    // most for the rarest stems, so that it takes no longer however long the history. What is hidden is not
    // there. Inside of a transaction it may write.
    std::vector<model::Stretch> search_messages(const util::StemSet& wanted, const Scope& scope);
    std::vector<model::Stretch> search_memories(const util::StemSet& wanted, const Scope& scope);
    // What was said by either role in the exchange of the user's message; nothing where it is gone or hidden.
    std::optional<model::Message> find_said(util::Id message_id, model::Role role);

private:
    void scrub_late();

    struct Impl;
    explicit UserFile(std::unique_ptr<Impl> impl);
    void prepare();

    std::unique_ptr<Impl> impl_;
};

}  // namespace arq::store
