// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "arq/config/config.h"
#include "arq/json/reader.h"
#include "arq/json/writer.h"
#include "arq/util/error.h"
#include "arq/util/file.h"

namespace arq::config {
namespace {

util::Key read_key(const std::string& hex, const std::string& path, const std::string& name) {
    const auto bytes = util::from_hex(hex);
    if (!bytes || bytes->size() != util::kKeyBytes)
        throw Error{ErrorCode::kConfiguration,
                    path + ": `" + name + "` is not 64 hexadecimal digits: put the file back from a backup"};
    util::Key key{};
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

}  // namespace

Secrets load_secrets(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw Error{
            ErrorCode::kConfiguration,
            path +
                " can't be read: put it back from a backup (without it the users' files can't be found);"
                " on a new installation `arqctl init` makes it"};
    if ((status.st_mode & 077) != 0)
        throw Error{ErrorCode::kConfiguration, path + " can be read by others: chmod 600 it"};
    try {
        const std::string text = util::read_file(path);
        const json::Document document{text};
        json::Object root = document.root();
        Secrets secrets;
        secrets.names = read_key(root.required_string("names"), path, "names");
        for (const std::string& hex :
             root.optional_strings("visitor_keys").value_or(std::vector<std::string>{}))
            secrets.visitor_keys.push_back(read_key(hex, path, "visitor_keys"));
        if (secrets.visitor_keys.empty())
            throw Error{ErrorCode::kConfiguration,
                        path + ": `visitor_keys` is empty: put the file back from a backup"};
        root.reject_unknown();
        return secrets;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::kConfiguration) throw;
        throw Error{ErrorCode::kConfiguration, path + ": " + error.what()};
    } catch (const std::system_error& error) {
        throw Error{ErrorCode::kConfiguration, error.what()};
    }
}

std::string format_secrets(const Secrets& secrets) {
    json::Writer json{json::Writer::Style::kIndented};
    json.begin_object().key("names").value(util::to_hex(secrets.names)).key("visitor_keys").begin_array();
    for (const util::Key& key : secrets.visitor_keys) json.value(util::to_hex(key));
    json.end_array().end_object();
    return json.take() + "\n";
}

}  // namespace arq::config
