#pragma once

#include <string>

namespace server
{

/// The path of a file that a request names beneath a configured folder. The folder's own name may stand
/// before it, so that "models/x.pth" is found in a folder that is called "models" too. Links may not lead out
/// of the folder. Throws ApiError 400 that is the same for names that are outside, missing or of the wrong
/// kind; it names `param`. `folderToo`: a folder beneath it will do (models in several files); then no link
/// in it may lead out of the configured one, either.
std::string findBeneath(const std::string &folder, const std::string &name, const char *param,
                        bool folderToo = false);

/// The same for a state to be written: its folder must be there, and its name must end in ".state", so that
/// no request can take the place of a file of another kind. Throws ApiError 400 (file_exists) where the file
/// is there and `overwrite` is false.
std::string placeBeneath(const std::string &folder, const std::string &name, const char *param,
                         bool overwrite);

/// Takes the folders' paths out of a message, so that answers carry none.
std::string withoutPaths(std::string message, const std::string &folder);

/// Every absolute path of a message by its last name only.
std::string withoutAbsolutePaths(const std::string &message);

} // namespace server
