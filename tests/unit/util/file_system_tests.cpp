// SPDX-License-Identifier: MIT
#include "arq/util/file_system.h"

#include <boost/test/unit_test.hpp>
#include <system_error>

#include "support/temp_dir.h"

namespace arq::util {
namespace {

BOOST_AUTO_TEST_SUITE(file_system_tests)

// The numbers as linux/magic.h and statfs(2) have them.
BOOST_AUTO_TEST_CASE(network_file_systems_are_known_by_their_numbers) {
    BOOST_TEST(classify_file_system(0x6969).name == "nfs");
    BOOST_TEST(classify_file_system(0xFF534D42).name == "cifs");
    BOOST_TEST(classify_file_system(0xFE534D42).name == "smb2");
    BOOST_TEST(classify_file_system(0x65735546).name == "fuse");
    BOOST_TEST(classify_file_system(0x01021997).is_network);
    // As an f_type of 32 bits with a sign arrives.
    BOOST_TEST(classify_file_system(static_cast<unsigned long>(static_cast<int>(0xFF534D42U))).name ==
               "cifs");
}

BOOST_AUTO_TEST_CASE(local_ones_are_not_taken_for_them) {
    for (const unsigned long type :
         {0xEF53UL, 0x58465342UL, 0x9123683EUL, 0x01021994UL, 0x794C7630UL, 0x2FC12FC1UL})
        BOOST_TEST(!classify_file_system(type).is_network, type);  // ext4, xfs, btrfs, tmpfs, overlayfs, zfs
    const tests::TempDir folder;
    BOOST_TEST(!file_system_of(folder.path()).is_network);
    BOOST_CHECK_THROW(file_system_of(folder.file("missing")), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace arq::util
