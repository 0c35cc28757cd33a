// Gen-sdk writes the Node.js, Python and Go SDKs of a Pulumi schema, as `pulumi package gen-sdk` does with the vendor's
// language hosts. The hosts that can be built from source don't generate SDKs.
//
//	gen-sdk <schema.json> <folder>
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "Usage: gen-sdk <schema.json> <folder>")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type generator struct {
	language string
	generate func(*schema.Package) (map[string][]byte, error)
}

// Each file says what generated it. These are the names that the vendor's hosts give, so that the files are the same.
var generators = []generator{
	{"nodejs", func(pkg *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage("pulumi-language-nodejs", pkg, nil, nil, false, noOthers{})
	}},
	{"python", func(pkg *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage("pulumi-language-python", pkg, nil, noOthers{})
	}},
	{"go", func(pkg *schema.Package) (map[string][]byte, error) {
		return golang.GeneratePackage("pulumi-language-go", pkg, nil)
	}},
}

// As in the CLI.
var options = schema.ValidationOptions{AllowDanglingReferences: true}

func generate(file, folder string) error {
	spec, err := read(file)
	if err != nil {
		return err
	}
	if err := check(spec); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, generator := range generators {
		// Generating changes the package, so each language has one of its own.
		pkg, err := schema.ImportSpec(spec, nil, noOthers{}, options)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		files, err := generator.generate(pkg)
		if err != nil {
			return fmt.Errorf("%s: generating the SDK for %s: %w", file, generator.language, err)
		}
		if err := write(filepath.Join(folder, generator.language), files); err != nil {
			return err
		}
	}
	return nil
}

func read(file string) (schema.PackageSpec, error) {
	var spec schema.PackageSpec
	text, err := os.ReadFile(file)
	if err != nil {
		return spec, err
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return spec, fmt.Errorf("%s: %w", file, err)
	}
	return spec, nil
}

// check ends with the errors of the schema. It prints the warnings, which don't end it in the CLI either.
func check(spec schema.PackageSpec) error {
	_, diagnostics, err := schema.BindSpec(spec, noOthers{}, options)
	if err != nil {
		return err
	}
	for _, diagnostic := range diagnostics {
		fmt.Fprintln(os.Stderr, diagnostic.Summary)
	}
	if diagnostics.HasErrors() {
		return errors.New("the schema has errors")
	}
	return nil
}

// write replaces the folder, so that no file of an earlier schema stays.
func write(folder string, files map[string][]byte) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// noOthers loads no package: the schema may refer only to itself and to Pulumi's own types.
type noOthers struct{}

var errNoOthers = errors.New("the schema refers to another package, and gen-sdk loads none")

func (noOthers) LoadPackage(string, *semver.Version) (*schema.Package, error) {
	return nil, errNoOthers
}

func (noOthers) LoadPackageV2(context.Context, *schema.PackageDescriptor) (*schema.Package, error) {
	return nil, errNoOthers
}

func (noOthers) LoadPackageReference(string, *semver.Version) (schema.PackageReference, error) {
	return nil, errNoOthers
}

func (noOthers) LoadPackageReferenceV2(context.Context, *schema.PackageDescriptor) (schema.PackageReference, error) {
	return nil, errNoOthers
}
