package envelope

import (
	"strings"
	"testing"

	"onus/scanner/snapshot"
)

// with is the head of an object with these metadata names; one as name=value has the value,
// all others one that is withheld.
func with(names ...string) snapshot.ObjectHead {
	h := snapshot.ObjectHead{Metadata: map[string]string{}}
	for _, n := range names {
		name, value, given := strings.Cut(n, "=")
		if !given {
			value = snapshot.Withheld
		}
		h.Metadata[name] = value
	}
	return h
}

func TestMarks(t *testing.T) {
	const file = ".instruction"
	for _, tt := range []struct {
		name     string
		head     snapshot.ObjectHead
		followed []string
		want     Mark
	}{
		{"nothing", with(), nil, Mark{}},
		{"server-side encryption is something else", with("x-amz-server-side-encryption=aws:kms"), nil, Mark{}},
		{"format 1", with("x-amz-key", "x-amz-iv", "x-amz-matdesc"), nil, Mark{Form: Format1}},
		{"format 1 without its vector", with("x-amz-key"), nil, Mark{}},
		{"format 2", with("x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg=AES/GCM/NoPadding", "x-amz-wrap-alg=kms+context", "x-amz-tag-len=128"), nil, Mark{Form: Format2, Content: "AES/GCM/NoPadding", Wrap: "kms+context"}},
		{"format 2 without its key", with("x-amz-iv", "x-amz-cek-alg=AES/GCM/NoPadding"), nil, Mark{Content: "AES/GCM/NoPadding"}},
		{"an empty key is none", with("x-amz-key-v2=", "x-amz-iv"), nil, Mark{}},
		{"formats 1 and 2: the second counts, and the client refuses it", with("x-amz-key", "x-amz-key-v2", "x-amz-iv"), nil, Mark{Form: Format2, Mixed: true}},
		{"format 3", with("x-amz-3", "x-amz-d", "x-amz-i", "x-amz-c=115", "x-amz-w=12", "x-amz-t"), nil, Mark{Form: Format3, Content: "115", Wrap: "12"}},
		{"format 3 whose wrapped key is in a file", with("x-amz-c=115", "x-amz-d", "x-amz-i"), []string{file}, Mark{Form: Format3, Content: "115"}},
		{"format 3 without its commitment", with("x-amz-3", "x-amz-i", "x-amz-c=115"), nil, Mark{}},
		{"formats 2 and 3", with("x-amz-key-v2", "x-amz-iv", "x-amz-3", "x-amz-d", "x-amz-i", "x-amz-c=115"), nil, Mark{Form: Format3, Content: "115", Mixed: true}},
		{"an instruction file beside it", with(), []string{".bak", file}, Mark{Form: InFile}},
		{"a neighbour whose name begins alike", with(), []string{".instructions"}, Mark{}},
		{"another client's declared mark, in any case", with("acme-cipher"), nil, Mark{Form: Other}},
	} {
		if got := Of(tt.head, tt.followed, file, []string{"Acme-Cipher"}); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if Of(with(), []string{""}, "", nil).Form != None {
		t.Error("without a suffix no neighbour is an instruction file")
	}
}

func TestInstructionFiles(t *testing.T) {
	follows := snapshot.SampledObject{Key: "a.instruction", Follows: []string{".instruction"}}
	alone := snapshot.SampledObject{Key: "b.instruction"}
	if !IsInstruction(follows, with(), ".instruction") || !IsInstruction(alone, with("x-amz-crypto-instr-file="), ".instruction") {
		t.Error("a file beside its object, or with the mark of one, is an instruction file")
	}
	if IsInstruction(alone, with(), ".instruction") || IsInstruction(follows, with(), "") {
		t.Error("a name alone makes no instruction file: data could hide behind it")
	}
}

func TestOutdated(t *testing.T) {
	for _, tt := range []struct {
		mark    Mark
		want    string
		unknown string
	}{
		{Mark{Form: Format1}, "format 1 (x-amz-key)", ""},
		{Mark{Form: Format2, Content: "AES/GCM/NoPadding", Wrap: "kms+context"}, "", ""},
		{Mark{Form: Format2, Content: "AES/GCM/NoPadding", Wrap: "kms"}, "kms", ""},
		{Mark{Form: Format2, Content: "AES/CBC/PKCS5Padding", Wrap: "AESWrap"}, "AES/CBC/PKCS5Padding AESWrap", ""},
		{Mark{Form: Format2, Content: "AES/GCM/NoPadding", Wrap: "RSA/ECB/OAEPWithSHA-256AndMGF1Padding"}, "RSA/ECB/OAEPWithSHA-256AndMGF1Padding", ""},
		{Mark{Form: Format2, Content: "AES/GCM/NoPadding", Wrap: "RSA-OAEP-SHA1"}, "", ""},
		{Mark{Form: Format3, Content: "115", Wrap: "22"}, "", ""},
		{Mark{Form: Format3, Content: "115"}, "", ""},
		{Mark{Form: Format2, Content: "ROT13", Wrap: "kms"}, "kms", "ROT13"},
	} {
		which, unknown := tt.mark.Outdated()
		if strings.Join(which, " ") != tt.want || unknown != tt.unknown {
			t.Errorf("%+v: %v, %q; want %q, %q", tt.mark, which, unknown, tt.want, tt.unknown)
		}
	}
}
