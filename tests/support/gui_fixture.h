#pragma once

#include "gui/actions.h"
#include "gui/device_watch.h"
#include "gui/engine_bridge.h"
#include "gui/folders.h"
#include "gui/library.h"
#include "gui/metrics.h"
#include "gui/model_session.h"
#include "gui/models/log_model.h"
#include "gui/server_host.h"
#include "gui/services.h"
#include "gui/settings.h"
#include "support/fake_engine.h"

#include <QTemporaryDir>

#include <memory>

namespace support
{

/// Everything that a page needs, around a fake engine and in a folder of its own.
struct GuiFixture {
    explicit GuiFixture(bool withEngine = true)
    {
        gui::useFolders(folder.path());
        settings = std::make_unique<gui::Settings>(gui::folders().config, gui::folders().state);
        library = std::make_unique<gui::Library>(bridge, session, *settings);
        server = std::make_unique<gui::ServerHost>(bridge, *settings);
        devices = std::make_unique<gui::DeviceWatch>(bridge, metrics, [this] { return machine; });
        QObject::connect(&bridge, &gui::EngineBridge::snapshotTaken, &metrics, &gui::Metrics::add);
        if (withEngine) startEngine();
    }

    static engine::DeviceSummary processor()
    {
        engine::DeviceSummary summary;
        summary.id = "cpu";
        summary.description = "A processor";
        summary.kernels = "avx2";
        summary.threads = 8;
        summary.totalBytes = 16ULL << 30;
        summary.freeBytes = 9ULL << 30;
        return summary;
    }

    void startEngine()
    {
        auto fake = std::make_unique<FakeEngine>(bridge.sink());
        engine = fake.get();
        engine->models = {sampleDemo()};
        bridge.setEngine(std::move(fake));
    }

    gui::Services services()
    {
        return {bridge, actions, *settings, session, metrics, log, *library, *server, *devices};
    }

    QTemporaryDir folder;
    std::unique_ptr<gui::Settings> settings;
    gui::LogModel log;
    gui::Metrics metrics;
    gui::Actions actions;
    gui::EngineBridge bridge;
    gui::ModelSession session{bridge};
    std::unique_ptr<gui::Library> library;
    std::unique_ptr<gui::ServerHost> server;
    std::vector<engine::DeviceSummary> machine = {processor()}; ///< what the window finds
    std::unique_ptr<gui::DeviceWatch> devices;
    FakeEngine *engine = nullptr; ///< owned by the bridge
};

} // namespace support
