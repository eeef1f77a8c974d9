# Writes to OUT a C++ file with the function NAMESPACE::FUNCTION() that gives the bytes of FILE. The assembler takes them
# from where they are; their hash stands in the file, so that it changes when they do.
file(SHA256 ${FILE} hash)
file(SIZE ${FILE} size)
file(WRITE ${OUT} "// Generated from ${FILE}, ${hash}.
#include <string_view>

extern \"C\" {
extern const char menkyo_${FUNCTION}_bytes[];
}

asm(\".pushsection .rodata\\n\"
    \"menkyo_${FUNCTION}_bytes:\\n.incbin \\\"${FILE}\\\"\\n\"
    \".popsection\\n\");

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}() { return {menkyo_${FUNCTION}_bytes, ${size}}; }

}  // namespace ${NAMESPACE}
")
