# Writes to OUT a C++ file with the function FUNCTION that gives the files below FOLDER as a table of http::Asset. The
# assembler takes the bytes from where they are; their hashes stand in the file, so that it changes when they do.
file(GLOB_RECURSE paths LIST_DIRECTORIES false RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT paths COMPARE STRING)

set(types
  ".css=text/css"
  ".html=text/html"
  ".ico=image/x-icon"
  ".js=text/javascript"
  ".json=application/json"
  ".mjs=text/javascript"
  ".png=image/png"
  ".svg=image/svg+xml"
  ".txt=text/plain"
  ".wasm=application/wasm"
  ".webmanifest=application/manifest+json"
  ".webp=image/webp"
  ".woff2=font/woff2")

# Appends the bytes of FILE to the assembler text as SYMBOL and gives its size.
macro(embed symbol file)
  file(SIZE ${file} ${symbol}_size)
  string(APPEND assembler
    "    \".balign 16\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n\"\n")
  string(APPEND symbols "extern const char ${symbol}[];\n")
endmacro()

set(assembler "")
set(symbols "")
set(table "")
set(index 0)
foreach(path IN LISTS paths)
  set(file ${FOLDER}/${path})
  string(REGEX REPLACE "\\.br$" "" original ${path})
  if(path MATCHES "\\.map$" OR (path MATCHES "\\.br$" AND EXISTS ${FOLDER}/${original}))
    continue()
  endif()
  if(path MATCHES "[^A-Za-z0-9._/-]")
    message(FATAL_ERROR "${path}: the name of an asset may hold letters, digits, '.', '_' and '-' only")
  endif()
  set(type "application/octet-stream")
  get_filename_component(extension ${path} LAST_EXT)
  foreach(pair IN LISTS types)
    string(FIND "${pair}" "${extension}=" at)
    if(at EQUAL 0)
      string(REPLACE "${extension}=" "" type "${pair}")
    endif()
  endforeach()
  if(type MATCHES "^text/")
    string(APPEND type "; charset=utf-8")
  endif()
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 32 hash)
  set(symbol ${FUNCTION}_${index})
  embed(${symbol} ${file})
  set(brotli "{}")
  if(EXISTS ${file}.br)
    file(SHA256 ${file}.br brotli_hash)
    embed(${symbol}_br ${file}.br)
    set(brotli "{${symbol}_br, ${${symbol}_br_size}}")
    string(APPEND symbols "// ${brotli_hash}\n")
  endif()
  string(APPEND table
    "    {\"/${path}\", \"${type}\", \"${hash}\", {${symbol}, ${${symbol}_size}}, ${brotli}},\n")
  math(EXPR index "${index} + 1")
endforeach()

set(text "// Generated from the files below ${FOLDER}.
#include \"http/assets.hpp\"\n\n")
if(index GREATER 0)
  string(APPEND text "extern \"C\" {\n${symbols}}\n
asm(\".pushsection .rodata\\n\"\n${assembler}    \".popsection\\n\");\n
namespace menkyo::http {\n
std::span<const Asset> ${FUNCTION}() {
  static const Asset table[] = {\n${table}  };
  return table;\n}\n
}  // namespace menkyo::http\n")
else()
  string(APPEND text "namespace menkyo::http {\n
std::span<const Asset> ${FUNCTION}() { return {}; }\n
}  // namespace menkyo::http\n")
endif()

# Left alone when nothing changed, so that nothing is built again.
set(before "")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
