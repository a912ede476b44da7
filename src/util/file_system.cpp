// SPDX-License-Identifier: MIT
#include "arq/util/file_system.h"

#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace arq::util {
namespace {

struct Known {
    unsigned long type;
    std::string_view name;
};

// Those that are shared between machines, or whose content another program or the host of a virtual machine
// keeps (GNU coreutils' stat.c lists the same as remote). FUSE is one number for all that stands behind it,
// sshfs and GlusterFS as much as a local ntfs-3g.
constexpr Known kNetwork[] = {
    {0x00006969, "nfs"},    {0x0000517B, "smb"},    {0xFF534D42, "cifs"},   {0xFE534D42, "smb2"},
    {0x65735546, "fuse"},   {0x5346414F, "afs"},    {0x6B414653, "k-afs"},  {0x73757245, "coda"},
    {0x00C36400, "ceph"},   {0x01021997, "v9fs"},   {0x0BD00BD0, "lustre"}, {0x47504653, "gpfs"},
    {0x7461636F, "ocfs2"},  {0x01161970, "gfs2"},   {0x19830326, "beegfs"}, {0x20030528, "orangefs"},
    {0xAAD7AAEA, "panfs"},  {0xBEEFDEAD, "snfs"},   {0x013111A8, "ibrix"},  {0x61636673, "acfs"},
    {0x0000564C, "novell"}, {0x786F4256, "vboxsf"}, {0xBACBACBC, "vmhgfs"}, {0x7C7C6673, "prl_fs"},
};

}  // namespace

FileSystem classify_file_system(unsigned long type) {
    // Signed where a long has 32 bits, and then extended in the comparison.
    const auto* const found = std::find_if(std::begin(kNetwork), std::end(kNetwork), [&](const Known& known) {
        return known.type == (type & 0xFFFFFFFFUL);
    });
    if (found == std::end(kNetwork)) return {};
    return {.name = found->name, .is_network = true};
}

FileSystem file_system_of(const std::string& folder) {
    struct statfs status {};
    while (::statfs(folder.c_str(), &status) != 0)
        if (errno != EINTR) throw std::system_error{errno, std::generic_category(), "statfs " + folder};
    return classify_file_system(static_cast<unsigned long>(status.f_type));
}

}  // namespace arq::util
