// The layers of the scripts, told from a file's path: who may require whom.
//
//   lib < engine < access < model < document < everything a surface serves, jobs and commands
//
// A file below F/lib/ is the own library of family F: only what F's surface serves may require it.
// Routes, surfaces, jobs and commands are never required. No family is known by name here.
#pragma once

#include <string>
#include <string_view>

namespace host::script::layers {

enum class Role { library, surface, job, command, route };

// "hotel/lib/room.lua" is a library, "hotel/surface.lua" a surface.
Role role_of(std::string_view file);

// The folder of a file with its slash, "" for the top: "hotel/lib/room.lua" -> "hotel/lib/".
std::string_view folder_of(std::string_view file);

// Why `from` may not require `to`, or "". `served` is the folder of the surface that serves `from`.
std::string refusal(std::string_view from, std::string_view to, std::string_view served);

}  // namespace host::script::layers
