package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"onus/scanner/collect"
	"onus/scanner/snapshot"
	"onus/scanner/wire"
)

// settings reads the account's switches in the Region, each by a call of its own.
func settings(ctx context.Context, in collect.Scope, api API, out *snapshot.RegionSettings) {
	out.EBSEncryptionByDefault = encryptionByDefault(ctx, in, api)
	out.EBSDefaultKey = defaultKey(ctx, in, api)
	out.MetadataDefaults = metadataDefaults(ctx, in, api)
	out.BlockPublicAccess = blockPublicAccess(ctx, in, api)
	out.SnapshotBlockPublicAccess, out.Managed.SnapshotBlock = parts(collect.Ask(ctx, in, "ec2:GetSnapshotBlockPublicAccessState", func(ctx context.Context) (managed, error) {
		out, err := api.GetSnapshotBlockPublicAccessState(ctx, &ec2.GetSnapshotBlockPublicAccessStateInput{})
		if err != nil {
			return managed{}, err
		}
		state, err := word(string(out.State), "State")
		return managed{state, string(out.ManagedBy)}, err
	}))
	out.ImageBlockPublicAccess, out.Managed.ImageBlock = parts(collect.Ask(ctx, in, "ec2:GetImageBlockPublicAccessState", func(ctx context.Context) (managed, error) {
		out, err := api.GetImageBlockPublicAccessState(ctx, &ec2.GetImageBlockPublicAccessStateInput{})
		if err != nil {
			return managed{}, err
		}
		state, err := word(aws.ToString(out.ImageBlockPublicAccessState), "ImageBlockPublicAccessState")
		return managed{state, string(out.ManagedBy)}, err
	}))
	out.SerialConsole = serialConsole(ctx, in, api)
	out.AllowedImages = allowedImages(ctx, in, api)
}

// managed is a switch, and by whom it is managed.
type managed struct{ state, by string }

// parts are the two facts of one answer.
func parts(r snapshot.Read[managed]) (state, by snapshot.Read[string]) {
	m, err := r.Get()
	if err != nil {
		return snapshot.Missing[string](err, r.Calls()...), snapshot.Missing[string](err, r.Calls()...)
	}
	return snapshot.Value(m.state, r.Calls()...), snapshot.Value(m.by, r.Calls()...)
}

// serialConsole reads whether the Region's instances can be reached by their serial console.
func serialConsole(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.SerialConsole] {
	return collect.Ask(ctx, in, "ec2:GetSerialConsoleAccessStatus", func(ctx context.Context) (snapshot.SerialConsole, error) {
		out, err := api.GetSerialConsoleAccessStatus(ctx, &ec2.GetSerialConsoleAccessStatusInput{})
		if err != nil {
			return snapshot.SerialConsole{}, err
		}
		if out.SerialConsoleAccessEnabled == nil {
			return snapshot.SerialConsole{}, &wire.MalformedError{What: "the answer lacks SerialConsoleAccessEnabled"}
		}
		return snapshot.SerialConsole{Enabled: *out.SerialConsoleAccessEnabled, ManagedBy: string(out.ManagedBy)}, nil
	})
}

// allowedImages reads which images the Region lets be launched.
func allowedImages(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.AllowedImages] {
	return collect.Ask(ctx, in, "ec2:GetAllowedImagesSettings", func(ctx context.Context) (snapshot.AllowedImages, error) {
		out, err := api.GetAllowedImagesSettings(ctx, &ec2.GetAllowedImagesSettingsInput{})
		if err != nil {
			return snapshot.AllowedImages{}, err
		}
		state, err := word(aws.ToString(out.State), "State")
		return snapshot.AllowedImages{State: state, Criteria: len(out.ImageCriteria), ManagedBy: string(out.ManagedBy)}, err
	})
}

// word is a value that every answer holds.
func word(v, field string) (string, error) {
	if v == "" {
		return "", &wire.MalformedError{What: "the answer lacks " + field}
	}
	return v, nil
}

// encryptionByDefault reads the account's switch in the Region. The answer's SseType is
// about the algorithm and says nothing of the switch.
func encryptionByDefault(ctx context.Context, in collect.Scope, api API) snapshot.Read[bool] {
	return collect.Ask(ctx, in, "ec2:GetEbsEncryptionByDefault", func(ctx context.Context) (bool, error) {
		out, err := api.GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{})
		if err != nil {
			return false, err
		}
		if out.EbsEncryptionByDefault == nil {
			return false, &wire.MalformedError{What: "the answer lacks EbsEncryptionByDefault"}
		}
		return *out.EbsEncryptionByDefault, nil
	})
}

// metadataDefaults reads the defaults for new instances. No preference is an absent field
// or an empty AccountLevel, which AWS gives where nothing was ever set.
func metadataDefaults(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.MetadataDefaults] {
	return collect.Ask(ctx, in, "ec2:GetInstanceMetadataDefaults", func(ctx context.Context) (snapshot.MetadataDefaults, error) {
		out, err := api.GetInstanceMetadataDefaults(ctx, &ec2.GetInstanceMetadataDefaultsInput{})
		if err != nil || out.AccountLevel == nil {
			return snapshot.MetadataDefaults{}, err
		}
		d := out.AccountLevel
		return snapshot.MetadataDefaults{HTTPEndpoint: string(d.HttpEndpoint), HTTPTokens: string(d.HttpTokens), ManagedBy: string(d.ManagedBy), TokensEnforced: string(d.HttpTokensEnforced)}, nil
	})
}

// blockPublicAccess reads the mode of VPC Block Public Access.
func blockPublicAccess(ctx context.Context, in collect.Scope, api API) snapshot.Read[snapshot.BlockPublicAccess] {
	return collect.Ask(ctx, in, "ec2:DescribeVpcBlockPublicAccessOptions", func(ctx context.Context) (snapshot.BlockPublicAccess, error) {
		out, err := api.DescribeVpcBlockPublicAccessOptions(ctx, &ec2.DescribeVpcBlockPublicAccessOptionsInput{})
		if err != nil {
			return snapshot.BlockPublicAccess{}, err
		}
		o := out.VpcBlockPublicAccessOptions
		if o == nil || o.InternetGatewayBlockMode == "" {
			return snapshot.BlockPublicAccess{}, &wire.MalformedError{What: "the answer lacks InternetGatewayBlockMode"}
		}
		return snapshot.BlockPublicAccess{Mode: string(o.InternetGatewayBlockMode), State: string(o.State), ManagedBy: string(o.ManagedBy)}, nil
	})
}
