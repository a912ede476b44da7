// SPDX-License-Identifier: MIT
#include "arq/config/config.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "arq/util/file.h"
#include "support/has_code.h"
#include "support/temp_dir.h"

namespace arq::config {
namespace {

using tests::has_code;

BOOST_AUTO_TEST_SUITE(config_tests)

BOOST_AUTO_TEST_CASE(what_is_absent_has_its_default) {
    const Config config = parse_config("{}");
    BOOST_TEST(config.pool.workers == 2);
    BOOST_TEST(config.web.own_nginx);
    BOOST_TEST(config_value(config, "limits.message_bytes").value() == "32768");
    BOOST_TEST(!config_value(config, "limits.nothing").has_value());
}

BOOST_AUTO_TEST_CASE(the_file_that_the_installer_writes_is_right) {
    const Config config = parse_config(initial_config("127.0.0.1", 8123, false));
    BOOST_TEST(config.web.port == 8123);
    BOOST_TEST(config.web.address == "127.0.0.1");
    BOOST_TEST(!config.web.own_nginx);
}

BOOST_DATA_TEST_CASE(a_wrong_setting_is_refused,
                     boost::unit_test::data::make({
                         R"({"pool": {"workers": 0}})",
                         R"({"pool": {"workers": "2"}})",
                         R"({"pool": {"wrokers": 2}})",
                         R"({"pol": {}})",
                         R"({"pool": 2})",
                         R"({"pool": {"socket_mode": "0999"}})",
                         R"({"web": {"address": "0.0.0.0; include /etc/passwd"}})",
                         R"({"assistant": {"locale": "de"}})",
                         R"({"limits": {"body_bytes": 1024}})",
                         R"({"limits": {"page_items": 10}})",
                         R"({"context": {"turns_percent": 41}})",
                         R"({"web": {"port": 8080})",
                     })) {
    BOOST_CHECK_EXCEPTION(parse_config(sample), Error, has_code(ErrorCode::kConfiguration));
}

BOOST_AUTO_TEST_CASE(a_wrong_setting_is_named) {
    BOOST_CHECK_EXCEPTION(parse_config(R"({"pool": {"workers": 99}})"), Error, [](const Error& error) {
        return std::string{error.what()} == "`pool.workers` must be a whole number from 1 to 10";
    });
}

BOOST_AUTO_TEST_CASE(secrets_are_read_back_and_must_be_private) {
    const tests::TempDir folder;
    Secrets secrets{.names = {}, .visitor_keys = {util::Key{}, util::Key{}}};
    secrets.names[0] = std::byte{7};
    util::write_file_atomically(folder.file("secrets.json"), format_secrets(secrets), 0600);
    const Secrets read = load_secrets(folder.file("secrets.json"));
    BOOST_TEST((read.names == secrets.names));
    BOOST_TEST(read.visitor_keys.size() == 2U);

    util::write_file_atomically(folder.file("open.json"), format_secrets(secrets), 0644);
    BOOST_CHECK_EXCEPTION(load_secrets(folder.file("open.json")), Error, has_code(ErrorCode::kConfiguration));
    BOOST_CHECK_EXCEPTION(load_secrets(folder.file("none.json")), Error, has_code(ErrorCode::kConfiguration));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::config
