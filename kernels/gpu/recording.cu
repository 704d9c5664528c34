// Runs of ops that are recorded once and then repeated: the graphs of the makers' libraries.

#include "kernels/gpu/gpu_device.h"

#ifdef GPU_HOST_PASS

namespace kernels::gpu
{

bool GpuDevice::beginRecording()
{
    if (m_status != Status::Ok || m_isRecording) return false;
    use();
    if (GPU(StreamBeginCapture)(m_stream, GPU(StreamCaptureModeThreadLocal)) != kSuccess) {
        (void)GPU(GetLastError)();
        return false;
    }
    m_isRecording = true;
    m_recordingFault.clear();
    return true;
}

std::uint32_t GpuDevice::endRecording(std::string *reason)
{
    if (!m_isRecording) return 0;
    use();
    GPU(Graph_t) graph = nullptr;
    GPU(GraphExec_t) ready = nullptr;
    check(GPU(StreamEndCapture)(m_stream, &graph));
    if (graph && m_recordingFault.empty()) check(GPU(GraphInstantiateWithFlags)(&ready, graph, 0));
    if (graph) (void)GPU(GraphDestroy)(graph);
    (void)GPU(GetLastError)(); // a recording that fails is no fault of the device
    m_isRecording = false;
    if (ready && m_recordingFault.empty()) {
        m_recordings[++m_lastRecording] = ready;
        return m_lastRecording;
    }
    if (ready) (void)GPU(GraphExecDestroy)(ready);
    if (reason) *reason = m_recordingFault.empty() ? "nothing was recorded" : m_recordingFault;
    return 0;
}

bool GpuDevice::repeat(std::uint32_t recording)
{
    const auto found = m_recordings.find(recording);
    if (found == m_recordings.end() || m_isRecording) return false;
    if (m_status != Status::Ok) return true; // as ops: they do nothing then
    use();
    check(GPU(GraphLaunch)(found->second, m_stream));
    return true;
}

void GpuDevice::forget(std::uint32_t recording)
{
    const auto found = m_recordings.find(recording);
    if (found == m_recordings.end()) return;
    use();
    (void)GPU(StreamSynchronize)(m_stream); // it may be under way
    (void)GPU(GraphExecDestroy)(found->second);
    m_recordings.erase(found);
}

void GpuDevice::forgetAll()
{
    while (!m_recordings.empty())
        forget(m_recordings.begin()->first);
}

bool GpuDevice::spoilsRecording(const char *what)
{
    if (m_isRecording) fail(std::string(what) + " in the middle of it");
    return m_isRecording;
}

} // namespace kernels::gpu

#endif
